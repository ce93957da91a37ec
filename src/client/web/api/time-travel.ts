import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type * as z from 'zod';
import { Started } from '../../../contracts/answers.ts';
import type { Fork } from '../../../contracts/fork.ts';
import { Rewound, Undone } from '../../../contracts/rewind.ts';
import type { AgentStartInput } from '../../../contracts/start.ts';
import { get, pathPart, post } from './ask.ts';
import { agentListKey } from './keys.ts';
import { requestKey } from './request-key.ts';
import { Unanswered } from './unanswered.ts';

/** Where a fork begins, and what is different there. */
export type ForkRequest = Omit<z.input<typeof Fork>, 'agent' | 'run'> &
  Pick<AgentStartInput, 'model' | 'budget'> & { readonly id?: string };

export function useFork(agent: string) {
  const client = useQueryClient();
  const [unanswered] = useState(() => new Unanswered(requestKey));
  return useMutation({
    mutationFn: (request: ForkRequest) =>
      post(
        `/agents/${pathPart(agent)}/fork`,
        request,
        Started.pick({ agent: true }),
        unanswered.markOf(request),
      ),
    onSuccess: () => {
      unanswered.answered();
      void client.invalidateQueries({ queryKey: agentListKey });
    },
  });
}

/** What going back to the end of a turn would leave behind, asked anew each time: more may have happened. */
export function useUndone(agent: string, turn: number | undefined) {
  return useQuery({
    queryKey: ['undone', agent, turn],
    queryFn: ({ signal }) =>
      get(`/agents/${pathPart(agent)}/checkpoints/${String(turn)}/undone`, Undone, signal),
    enabled: turn !== undefined,
    retry: false,
    staleTime: 0,
    gcTime: 0,
  });
}

export interface RewindRequest {
  readonly turn: number;
  readonly reason?: string;
  /** The agent's revision that the person has seen. */
  readonly revision?: number;
}

/** Sends an agent back; the person has seen and agreed to what is left behind. All that was read of it is read again. */
export function useRewind(agent: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (request: RewindRequest) =>
      post(`/agents/${pathPart(agent)}/rewind`, { ...request, leaveBehind: true }, Rewound),
    onSuccess: () => {
      client.removeQueries({ queryKey: ['agents', agent, 'timeline'] });
      // Nobody waits for it: a reading that hangs must not hold up what comes after the answer.
      void client.invalidateQueries({ queryKey: ['agents', agent] });
    },
  });
}
