import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { AgentList } from '../../../contracts/answers.ts';
import { StatusDocument } from '../../../contracts/status.ts';
import type { AgentFilters } from '../route.ts';
import { get, pathPart, post } from './ask.ts';

const PAGE_AGENTS = 100;

export const agentListKey = ['agents', 'list'] as const;

export function agentKey(agent: string) {
  return ['agents', agent, 'status'] as const;
}

/** Agents that fit the filters, newest first, a page at a time. */
export function useAgents(filters: AgentFilters) {
  return useInfiniteQuery({
    queryKey: [...agentListKey, filters],
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams({ ...filters, limit: String(PAGE_AGENTS) });
      if (pageParam !== undefined) query.set('cursor', pageParam);
      return get(`/agents?${query.toString()}`, AgentList, signal);
    },
    initialPageParam: undefined as string | undefined, // Its type follows from this value alone.
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
}

/** Whether there has ever been an agent, as far as Temporal still knows. */
export function useHasAgents(isAsked: boolean): boolean | undefined {
  const { data } = useQuery({
    queryKey: [...agentListKey, 'any'],
    queryFn: ({ signal }) => get('/agents?limit=1', AgentList, signal),
    enabled: isAsked,
  });
  return data === undefined ? undefined : data.agents.length > 0;
}

export function useAgent(agent: string) {
  return useQuery({
    queryKey: agentKey(agent),
    queryFn: ({ signal }) => readAgent(agent, signal),
  });
}

export function readAgent(agent: string, signal?: AbortSignal): Promise<StatusDocument> {
  return get(`/agents/${pathPart(agent)}`, StatusDocument, signal);
}

/** What a person may tell an agent, with the body that goes with it. */
export type AgentAction =
  | { readonly kind: 'messages'; readonly text: string }
  | { readonly kind: 'pause' | 'resume' | 'stop'; readonly reason?: string };

/** Says something to an agent, pauses, resumes or stops it. */
export function useAgentAction(agent: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ kind, ...body }: AgentAction) =>
      post(`/agents/${pathPart(agent)}/${kind}`, body, StatusDocument),
    onSuccess: (status) => {
      client.setQueryData(agentKey(agent), status);
    },
  });
}
