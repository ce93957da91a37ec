import * as z from 'zod';
import type { Rejection } from '../contracts/failures.ts';
import { describeIssues } from '../contracts/messages.ts';
import { AgentStart } from '../contracts/start.ts';
import { AgentState } from '../contracts/state.ts';
import { isUndecodable, undecodableReason } from '../contracts/undecodable.ts';
import { initialState } from './initial-state.ts';

/** What a run hands to the next one. */
export const Carried = z.object({ state: AgentState });
export type Carried = z.infer<typeof Carried>;

type Begun = { ok: true; state: AgentState } | { ok: false; rejection: Rejection };

/** The state that a run begins with: a new agent's, or what the run before it carried over. */
export function beginRun(
  start: unknown,
  carried: unknown,
  { agentId, firstRunId, at }: { agentId: string; firstRunId: string; at: number },
): Begun {
  const asked = AgentStart.safeParse(start);
  if (!asked.success)
    return invalid(start, asked.error, 'the argument must be {"agent": "<definition>", "input": "<goal>"}');
  if (carried === undefined || carried === null)
    return { ok: true, state: initialState(agentId, firstRunId, asked.data, at) };
  const inherited = Carried.safeParse(carried);
  if (!inherited.success) return invalid(carried, inherited.error, 'carried state');
  return { ok: true, state: inherited.data.state };
}

function invalid(value: unknown, error: z.ZodError, hint: string): Begun {
  const problem = isUndecodable(value) ? undecodableReason(value) : describeIssues(error);
  return { ok: false, rejection: { type: 'Invalid', message: `${problem} (${hint})` } };
}
