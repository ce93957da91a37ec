import { useMutation, useQueryClient } from '@tanstack/react-query';
import { StatusDocument } from '../../../contracts/status.ts';
import { takeStatus } from './approvals.ts';
import { pathPart, post } from './ask.ts';

/** Leave given ahead, as it is sent. */
export interface GrantRequest {
  readonly tool: string;
  readonly rule?: string;
  readonly when?: string;
  readonly until: string;
  readonly uses?: number;
  readonly reason?: string;
}

/** Lets an agent do without asking what a tool would ask about. */
export function useGrantLeave(agent: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (grant: GrantRequest) => post(`/agents/${pathPart(agent)}/grants`, grant, StatusDocument),
    onSuccess: (status) => {
      takeStatus(client, status);
    },
  });
}

/** Takes leave back that was given ahead. */
export function useRevokeLeave(agent: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (grant: string) =>
      post(`/agents/${pathPart(agent)}/grants/${pathPart(grant)}/revoke`, {}, StatusDocument),
    onSuccess: (status) => {
      takeStatus(client, status);
    },
  });
}
