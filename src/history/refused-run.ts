import * as z from 'zod';
import type { Rejection } from '../contracts/failures.ts';
import { AgentStart } from '../contracts/start.ts';
import type { AgentState } from '../contracts/state.ts';
import { FoldedRun } from '../core/fold-run.ts';
import { initialState } from '../core/initial-state.ts';
import type { RunClosing } from './closing.ts';

/** What can be told of an argument that was none; a goal that was too long need not be shown to say so. */
const Told = AgentStart.pick({ agent: true, requester: true });

/** An agent as somebody wanted it to be: it never began, because its workflow refused what it was started with. */
export function neverBegun(agentId: string, firstRunId: string, start: unknown, at: number): AgentState {
  const told = z.looseObject({}).safeParse(start).data ?? {};
  const { agent, requester } = Told.shape;
  const named = requester.safeParse(told['requester']).data;
  return initialState(
    agentId,
    firstRunId,
    {
      ...{ agent: agent.safeParse(told['agent']).data ?? '', input: '', labels: {} },
      ...(named === undefined ? {} : { requester: named }),
    },
    at,
  );
}

/** The whole life of such an agent, in the words of the workflow that refused it. */
export class RefusedRun extends FoldedRun {
  constructor(initial: AgentState, { type, message }: Rejection, { at, why, type: told }: RunClosing) {
    super(initial);
    this.take({ type: 'definition-failed', problem: { type: told ?? type, message: why ?? message } }, at);
  }
}
