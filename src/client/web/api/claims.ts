import { useMutation, useQueryClient } from '@tanstack/react-query';
import { StatusDocument } from '../../../contracts/status.ts';
import { approvalKey, takeStatus } from './approvals.ts';
import { pathPart, post } from './ask.ts';

/** Hands an approval on to somebody. */
export function useReassign(agent: string, approval: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (to: string) =>
      post(`/agents/${pathPart(agent)}/approvals/${pathPart(approval)}/reassign`, { to }, StatusDocument),
    onSuccess: (status) => {
      takeStatus(client, status);
    },
    onSettled: () => client.invalidateQueries({ queryKey: approvalKey(agent, approval) }),
  });
}

/** Says that one is at an approval, or leaves it to others. */
export function useClaim(agent: string, approval: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (verb: 'claim' | 'release') =>
      post(`/agents/${pathPart(agent)}/approvals/${pathPart(approval)}/${verb}`, {}, StatusDocument),
    onSuccess: (status) => {
      takeStatus(client, status);
    },
    onSettled: () => client.invalidateQueries({ queryKey: approvalKey(agent, approval) }),
  });
}
