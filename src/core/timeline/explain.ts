import type { Rejection } from '../../contracts/failures.ts';
import type { Explanation } from '../../contracts/explanation.ts';
import type { AgentState } from '../../contracts/state.ts';
import type { TimelineItem } from '../../contracts/timeline.ts';
import { isOf, type ItemOf } from './sheet.ts';

/** As many as say what the agent was about; the timeline has all of them. */
const MAX_MESSAGES = 3;

/** A call as people name it: `3.1`, an approval that was asked about it, or its key. */
export interface CallReference {
  readonly text: string;
  readonly turn: number;
}

const forms: readonly RegExp[] = [
  /^(\d{1,9})\.\d{1,9}$/,
  /^t(\d{1,9})-\d{1,9}-[0-9a-f]+$/,
  /^[^/]+\/(\d{1,9})\/\d{1,9}\/[0-9a-f]+$/,
];

/** Undefined for what names no call. The turn says in which run it is to be found. */
export function parseCallReference(text: string): CallReference | undefined {
  for (const form of forms) {
    const turn = form.exec(text)?.[1];
    if (turn !== undefined) return { text, turn: Number(turn) };
  }
  return undefined;
}

type Explained = { ok: true; explanation: Explanation } | { ok: false; rejection: Rejection };

/** What led to a call, out of the timeline around it. */
export function explain(
  items: readonly TimelineItem[],
  { agentId, start, requesterSignedInAs }: Pick<AgentState, 'agentId' | 'start' | 'requesterSignedInAs'>,
  reference: CallReference,
): Explained {
  const calls = items.filter((item) => isOf(item, 'call')).filter(({ turn }) => turn === reference.turn);
  const item = calls.find((call) => isMeant(call, reference));
  if (!item) return { ok: false, rejection: notFound(reference, calls) };
  const { turn, index } = item;
  const ofTurn = items.filter((one) => one.turn === turn);
  const model = ofTurn.filter((one) => isOf(one, 'model')).findLast(({ reply }) => reply !== undefined);
  return {
    ok: true,
    explanation: {
      agent: agentId,
      call: nameOf(item),
      ...(start.requester === undefined ? {} : { requester: start.requester }),
      ...(requesterSignedInAs === undefined ? {} : { requesterSignedInAs }),
      goal: start.input,
      messages: items
        .filter((one) => isOf(one, 'message'))
        .filter(
          ({ what, readIn }) => what !== 'instructions' && what !== 'goal' && (readIn ?? Infinity) <= turn,
        )
        .slice(-MAX_MESSAGES),
      ...(model ? { model } : {}),
      item,
      approvals: ofTurn
        .filter((one) => isOf(one, 'approval'))
        .filter(({ approval }) => item.approvals.includes(approval.id)),
      waits: ofTurn.filter((one) => isOf(one, 'wait')).filter((wait) => wait.index === index),
    },
  };
}

export function nameOf({ turn, index }: Pick<ItemOf<'call'>, 'turn' | 'index'>): string {
  return `${turn}.${index + 1}`;
}

function isMeant(call: ItemOf<'call'>, { text }: CallReference): boolean {
  return nameOf(call) === text || call.approvals.includes(text) || call.key === text;
}

function notFound({ text, turn }: CallReference, calls: readonly ItemOf<'call'>[]): Rejection {
  const names = calls.map((call) => `${nameOf(call)} ${call.name}`);
  const there = names.length > 0 ? `turn ${turn} has ${names.join(', ')}` : `turn ${turn} has no calls`;
  return { type: 'NotFound', message: `there is no call ${text}; ${there}` };
}
