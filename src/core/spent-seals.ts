import type { Rejection } from '../contracts/failures.ts';
import type { AgentMessage } from '../contracts/messages.ts';
import type { Seal } from '../contracts/seal.ts';
import type { AgentState } from '../contracts/state.ts';
import { findApproval } from './approvals.ts';
import { MAX_CLOCK_LAG_MS, MAX_SPENT_SEALS } from './bounds.ts';
import { hasSeen, seenId, withSeen } from './seen-ids.ts';

/** Whether a message with this very seal has been acted on. */
export function isSpent({ seals, seenIds }: AgentState, { signature }: Seal): boolean {
  const id = seenId('seal', signature);
  // Where seals have no dates they are among the ids of messages.
  return hasSeen(seenIds, id) || seals?.spent.some((other) => other.id === id) === true;
}

/** A seal that was seen on its way must not count a second time. */
export function spend(state: AgentState, { signature, at }: Seal): AgentState {
  const id = seenId('seal', signature);
  if (!state.definition?.datesSeals) return { ...state, seenIds: withSeen(state.seenIds, id) };
  const { spent = [], forgottenTo } = state.seals ?? {};
  const all = [...spent, { id, at }].toSorted((one, other) => one.at - other.at);
  const newest = all.slice(0, -MAX_SPENT_SEALS).at(-1)?.at ?? forgottenTo;
  const forgotten = newest === undefined ? {} : { forgottenTo: newest };
  return { ...state, seals: { spent: all.slice(-MAX_SPENT_SEALS), ...forgotten } };
}

/**
 * Why a seal does not count, whatever it says: it was given before what the agent goes by now, and so for an earlier agent with this id,
 * for what a reset has undone, or for a question of before. Or it is so old that the agent can't know whether it has counted.
 */
export function sealProblem(state: AgentState, message: AgentMessage, at: number): Rejection | undefined {
  const { seal } = message.payload;
  if (!seal || !state.definition?.datesSeals) return undefined;
  const after = notBefore(state, message, at).find(({ since }) => seal.at < since);
  if (!after) return undefined;
  const given = new Date(seal.at).toISOString();
  return {
    type: 'Conflict',
    message: `the seal is of ${given}, before ${after.what}: look at the agent, and send it through the admin server again`,
  };
}

interface Earliest {
  readonly since: number;
  readonly what: string;
}

function notBefore(state: AgentState, { payload }: AgentMessage, at: number): Earliest[] {
  const { askedAt = state.startedAt, resetAt, seals } = state;
  const asked = 'approval' in payload ? findApproval(state, payload.approval)?.requestedAt : undefined;
  const moment = (time: number, what: string, lagMs: number): Earliest => ({
    since: time - lagMs,
    what: `${what} at ${new Date(time).toISOString()}`,
  });
  return [
    moment(askedAt, 'the agent was started', MAX_CLOCK_LAG_MS),
    // People look again after a reset, which takes longer than clocks differ. What comes with the reset itself is told once more.
    ...(resetAt === undefined || resetAt === at ? [] : [moment(resetAt, 'the agent was reset', 0)]),
    ...(asked === undefined ? [] : [moment(asked, 'this was asked', MAX_CLOCK_LAG_MS)]),
    ...(seals?.forgottenTo === undefined
      ? []
      : [
          {
            since: seals.forgottenTo + 1,
            what: `the oldest of the ${MAX_SPENT_SEALS} seals that it remembers`,
          },
        ]),
  ];
}
