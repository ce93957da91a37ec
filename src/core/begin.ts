import * as z from 'zod';
import type { Rejection } from '../contracts/failures.ts';
import { jsonBytes } from '../contracts/json.ts';
import { describeIssues } from '../contracts/messages.ts';
import { AgentStart } from '../contracts/start.ts';
import type { AgentState } from '../contracts/state.ts';
import { isUndecodable, undecodableReason } from '../contracts/undecodable.ts';
import { MAX_START_BYTES } from './bounds.ts';
import { disconnect } from './children.ts';
import { initialState } from './initial-state.ts';
import { type Beginning, vouchedAtStart } from './requester.ts';
import { readState } from './upcast.ts';

/** What a run hands to the next one. */
export interface Carried {
  readonly state: AgentState;
}

/** The state may be of an older version, so it is read by itself. */
const AnyCarried = z.object({ state: z.unknown() });

/** `isCarried`: it is what another run left that can't be read, so that a worker of another version may be able to. */
type Begun = { ok: true; state: AgentState } | { ok: false; rejection: Rejection; isCarried: boolean };

interface Begins extends Beginning {
  readonly agentId: string;
  readonly firstRunId: string;
  readonly at: number;
  /** Whether Temporal says that this run continues another one: whoever starts a workflow can't claim that. */
  readonly continues: boolean;
  /** What is said for the requester. */
  readonly vouch?: unknown;
}

/** The state that a run begins with: a new agent's, or what the run before it carried over. */
export function beginRun(
  start: unknown,
  carried: unknown,
  { agentId, firstRunId, at, vouch, continues, ...known }: Begins,
): Begun {
  if (carried !== undefined && carried !== null)
    return continues ? inherit(carried, { agentId, firstRunId, at }) : forged;
  const asked = AgentStart.safeParse(start);
  if (asked.success) {
    const state = {
      ...initialState(agentId, firstRunId, asked.data, at),
      askedAt: known.askedAt,
      ...vouchedAtStart(asked.data, vouch, known),
    };
    const rejection = startProblem(asked.data);
    return rejection ? { ok: false, rejection, isCarried: false } : { ok: true, state };
  }
  const hint = 'the argument must be {"agent": "<definition>", "input": "<goal>"}';
  return { ok: false, rejection: invalid(start, describeIssues(asked.error), hint), isCarried: false };
}

/** A state that somebody made up would have whatever decisions and keys they like. */
const forged: Begun = {
  ok: false,
  rejection: { type: 'Invalid', message: 'only a run that continues another one has carried state' },
  isCarried: false,
};

const foreign: Begun = {
  ok: false,
  rejection: { type: 'Invalid', message: 'the carried state is of another agent' },
  isCarried: true,
};

/** What is wrong with an argument whose parts are all right. */
export function startProblem(start: AgentStart): Rejection | undefined {
  if (jsonBytes(start) <= MAX_START_BYTES) return undefined;
  return {
    type: 'Invalid',
    message: `the argument takes more than ${MAX_START_BYTES} bytes; put documents into the workspace`,
  };
}

/**
 * What the agent was started with is in its state: schemas of arguments may have become stricter since. Whoever starts a workflow with a
 * cron schedule chooses what its second run is given, but not the id of the first one.
 */
function inherit(
  carried: unknown,
  { agentId, firstRunId, at }: Pick<Begins, 'agentId' | 'firstRunId' | 'at'>,
): Begun {
  const parsed = AnyCarried.safeParse(carried);
  const read = parsed.success
    ? readState(parsed.data.state)
    : { ok: false as const, reason: describeIssues(parsed.error) };
  if (read.ok) {
    const isOwn = read.state.agentId === agentId && read.state.firstRunId === firstRunId;
    return isOwn ? { ok: true, state: disconnect(read.state, at) } : foreign;
  }
  return { ok: false, rejection: invalid(carried, read.reason, 'carried state'), isCarried: true };
}

function invalid(value: unknown, issues: string, hint: string): Rejection {
  const problem = isUndecodable(value) ? undecodableReason(value) : issues;
  return { type: 'Invalid', message: `${problem} (${hint})` };
}
