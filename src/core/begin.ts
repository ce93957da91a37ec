import * as z from 'zod';
import { EDITION } from '../contracts/definition.ts';
import type { Rejection } from '../contracts/failures.ts';
import { jsonBytes } from '../contracts/json.ts';
import { describeIssues } from '../contracts/messages.ts';
import { AgentStart } from '../contracts/start.ts';
import type { AgentState } from '../contracts/state.ts';
import { isUndecodable, undecodableReason } from '../contracts/undecodable.ts';
import { MAX_START_BYTES } from './bounds.ts';
import type { Changes } from './changes.ts';
import { disconnect } from './children.ts';
import { initialState } from './initial-state.ts';
import { type Beginning, vouchedAtStart } from './requester.ts';
import { readState } from './upcast.ts';

/** How Temporal comes to start a workflow: with a cron schedule, or because of its retry policy, it starts the same once more by itself. */
interface Occasion {
  readonly cronSchedule?: string | null | undefined;
  readonly attempt?: number | null | undefined;
}

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
  readonly occasion: Occasion;
  readonly changes: Pick<Changes, 'edition' | 'oneLife'>;
  /** What is said for the requester. */
  readonly vouch?: unknown;
}

/** The state that a run begins with: a new agent's, or what the run before it carried over. */
export function beginRun(
  start: unknown,
  carried: unknown,
  { agentId, firstRunId, at, vouch, continues, occasion, changes, ...known }: Begins,
): Begun {
  if (carried !== undefined && carried !== null)
    return continues ? inherit(carried, { agentId, firstRunId, at, changes }) : forged;
  if (isOneOfMany(occasion) && changes.oneLife()) return repeated;
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

function isOneOfMany({ cronSchedule, attempt }: Occasion): boolean {
  return Boolean(cronSchedule) || (attempt ?? 1) > 1;
}

/** A state that somebody made up would have whatever decisions and keys they like. */
const forged: Begun = {
  ok: false,
  rejection: { type: 'Invalid', message: 'only a run that continues another one has carried state' },
  isCarried: false,
};

/** Calls of a second life would have the keys of the first, and be answered with what those have done. */
const repeated: Begun = {
  ok: false,
  rejection: {
    type: 'Invalid',
    message:
      'an agent has one life: start it with no cron schedule and no retry policy; a schedule (perdure schedule create) starts a new agent each time',
  },
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
  { agentId, firstRunId, at, changes }: Pick<Begins, 'agentId' | 'firstRunId' | 'at' | 'changes'>,
): Begun {
  const parsed = AnyCarried.safeParse(carried);
  const read = parsed.success
    ? readState(parsed.data.state)
    : { ok: false as const, reason: describeIssues(parsed.error) };
  if (read.ok) {
    const isOwn = read.state.agentId === agentId && read.state.firstRunId === firstRunId;
    if (!isOwn) return foreign;
    const state = disconnect(read.state, at);
    return { ok: true, state: changes.edition() ? withRulesOfNow(state) : state };
  }
  return { ok: false, rejection: invalid(carried, read.reason, 'carried state'), isCarried: true };
}

/** A run keeps to the rules that it began with, so that its history is read as it was made; the next one begins with those of now. */
function withRulesOfNow(state: AgentState): AgentState {
  const { definition } = state;
  if (!definition) return state;
  const dates = definition.trusted ? { datesSeals: true as const } : {};
  return { ...state, definition: { ...definition, ...dates, edition: EDITION } };
}

function invalid(value: unknown, issues: string, hint: string): Rejection {
  const problem = isUndecodable(value) ? undecodableReason(value) : issues;
  return { type: 'Invalid', message: `${problem} (${hint})` };
}
