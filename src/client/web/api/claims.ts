import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ApprovalView, StatusDocument } from '../../../contracts/status.ts';
import { approvalKey, takeStatus } from './approvals.ts';
import { pathPart, post } from './ask.ts';

type Shown = Pick<ApprovalView, 'id' | 'revision'>;

/** Hands an approval on to somebody, as it was shown. */
export function useReassign(agent: string, { id: approval, revision }: Shown) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (to: string) =>
      post(
        `/agents/${pathPart(agent)}/approvals/${pathPart(approval)}/reassign`,
        { to, revision },
        StatusDocument,
      ),
    onSuccess: (status) => {
      takeStatus(client, status);
    },
    onSettled: () => client.invalidateQueries({ queryKey: approvalKey(agent, approval) }),
  });
}

/** Says that one is at an approval as it was shown, or leaves it to others. */
export function useClaim(agent: string, { id: approval, revision }: Shown) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (verb: 'claim' | 'release') =>
      post(
        `/agents/${pathPart(agent)}/approvals/${pathPart(approval)}/${verb}`,
        { revision },
        StatusDocument,
      ),
    onSuccess: (status) => {
      takeStatus(client, status);
    },
    onSettled: () => client.invalidateQueries({ queryKey: approvalKey(agent, approval) }),
  });
}
