import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Role } from '../../../contracts/role.ts';
import { type ApprovalView, StatusDocument } from '../../../contracts/status.ts';
import { approvalKey, takeStatus } from './approvals.ts';
import { pathPart, post } from './ask.ts';

type Shown = Pick<ApprovalView, 'id' | 'revision'>;

/** Hands an approval on to somebody, or to a role, as it was shown. */
export function useReassign(agent: string, { id: approval, revision }: Shown) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (whom: { readonly to: string } | { readonly role: Role }) =>
      post(
        `/agents/${pathPart(agent)}/approvals/${pathPart(approval)}/reassign`,
        { ...whom, revision },
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
