import {
  type QueryClient,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useState } from 'react';
import { AgentList, Cancelling, Started } from '../../../contracts/answers.ts';
import type { AgentStartInput } from '../../../contracts/start.ts';
import { StatusDocument } from '../../../contracts/status.ts';
import type { AgentFilters } from '../route.ts';
import { takeStatus } from './approvals.ts';
import { get, pathPart, post } from './ask.ts';
import { agentKey, agentListKey } from './keys.ts';
import { Problem } from './problem.ts';
import { requestKey } from './request-key.ts';
import { Unanswered } from './unanswered.ts';

const PAGE_AGENTS = 100;

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
  return useQuery(agentQuery(agent));
}

/** Asks for an agent before its page is there: who is signed in is asked at the same moment. */
export function askAhead(client: QueryClient, agent: string): void {
  // Who asks again says what is wrong.
  void client.query({ ...agentQuery(agent), retry: false }).catch(() => undefined);
}

function agentQuery(agent: string) {
  return {
    queryKey: agentKey(agent),
    queryFn: ({ signal }: { signal: AbortSignal }) => readAgent(agent, signal),
  };
}

export function readAgent(agent: string, signal?: AbortSignal): Promise<StatusDocument> {
  return get(`/agents/${pathPart(agent)}`, StatusDocument, signal);
}

/** An agent as it is started here: its id is chosen first. */
export type StartRequest = Pick<AgentStartInput, 'agent' | 'input' | 'model' | 'budget' | 'labels'> & {
  readonly id: string;
};

interface Starting {
  readonly request: StartRequest;
  /** Nobody else can have its id. One that somebody typed may be that of an agent that has ended, and be used again. */
  readonly isNewId: boolean;
}

export function useStartAgent() {
  const client = useQueryClient();
  // Of one form: an answer may be lost, and the agent have ended before it is sent again.
  const [key] = useState(requestKey);
  return useMutation({
    mutationFn: ({ request, isNewId }: Starting) =>
      post('/agents', request, Started.pick({ agent: true }), isNewId ? key : undefined),
    onSuccess: () => void client.invalidateQueries({ queryKey: agentListKey }),
  });
}

/** What a person may tell an agent, with the body that goes with it. */
export type AgentAction = (
  | { readonly kind: 'messages'; readonly text: string }
  | { readonly kind: 'budget'; readonly turns?: number; readonly tokens?: number; readonly usd?: number }
  | { readonly kind: 'pause' | 'resume' | 'stop' | 'cancel'; readonly reason?: string }
) & {
  /** The agent's revision that the person has seen; whatever it is, unless given. */
  readonly revision?: number;
};

/** The status that follows; none of one that is cancelled, which ends a moment later. `key`: for what would count twice. */
export async function tellAgent(
  agent: string,
  { kind, ...body }: AgentAction,
  key?: string,
): Promise<StatusDocument | undefined> {
  const path = `/agents/${pathPart(agent)}/${kind}`;
  const addsUp = kind === 'messages' || kind === 'budget';
  if (kind !== 'cancel') return post(path, body, StatusDocument, addsUp ? key : undefined);
  await post(path, body, Cancelling);
  return undefined;
}

/** Says something to an agent, pauses, resumes, stops or cancels it. A conflict brings the agent as it is now. */
export function useAgentAction(agent: string) {
  const client = useQueryClient();
  // The same said again after an answer was lost counts once.
  const [unanswered] = useState(() => new Unanswered(requestKey));
  return useMutation({
    mutationFn: (action: AgentAction) => tellAgent(agent, action, unanswered.markOf(action)),
    onSuccess: (status) => {
      unanswered.answered();
      if (status) takeStatus(client, status);
    },
    onError: (error) => {
      if (error instanceof Problem && error.current) takeStatus(client, error.current);
    },
  });
}
