import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { StatusDocument } from '../../../contracts/status.ts';
import { takeStatus } from './approvals.ts';
import { pathPart, post } from './ask.ts';
import { Unanswered } from './unanswered.ts';

/** Leave given ahead, from now on. */
export interface GrantRequest {
  readonly tool: string;
  readonly rule?: string;
  readonly when?: string;
  readonly forMs: number;
  readonly uses?: number;
  readonly reason?: string;
}

/** Lets an agent do without asking what a tool would ask about. */
export function useGrantLeave(agent: string) {
  const client = useQueryClient();
  // Leave that is the same to the very moment at which it ends counts once.
  const [unanswered] = useState(() => new Unanswered(Date.now));
  return useMutation({
    mutationFn: (request: GrantRequest) => {
      const { forMs, ...grant } = request;
      const until = new Date(unanswered.markOf(request) + forMs).toISOString();
      return post(`/agents/${pathPart(agent)}/grants`, { ...grant, until }, StatusDocument);
    },
    onSuccess: (status) => {
      unanswered.answered();
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
