import type { ContextEntry } from '../../contracts/state.ts';
import type { CallItem, TimelineItem } from '../../contracts/timeline.ts';
import { outcomeText } from '../context.ts';
import { eventText, messageText } from '../told-as.ts';
import { isOf, type ItemOf } from './sheet.ts';

/**
 * What an item put into the conversation, as the model has it; undefined for what is not said in it, or not yet. `items` are
 * those of the same turn.
 */
export function entryOf(item: TimelineItem, items: readonly TimelineItem[]): ContextEntry | undefined {
  switch (item.kind) {
    case 'message':
      return readEntry(item);
    case 'model':
      return replyEntry(item, items);
    case 'crew':
      return saying(item.text, item, items);
    case 'call':
      return resultEntry(item);
    case 'turn':
    case 'approval':
    case 'wait':
    case 'transition':
    case 'agent':
    case 'condensed':
    case 'end':
    case 'gap':
      return undefined;
  }
}

function replyEntry(
  { reply, ignored, turn, at, endedAt = at }: ItemOf<'model'>,
  items: readonly TimelineItem[],
): ContextEntry | undefined {
  // An empty reply is not kept: the model is asked once more.
  if (!reply || ignored || (reply.calls === 0 && reply.text.trim() === '')) return undefined;
  return saying(reply.text, { turn, at: endedAt }, items);
}

function resultEntry({
  turn,
  at,
  endedAt = at,
  name,
  modelCallId,
  outcome,
  status,
}: CallItem): ContextEntry | undefined {
  if (!outcome || status !== 'done') return undefined;
  const message = { role: 'tool' as const, callId: modelCallId, name, text: outcomeText(outcome) };
  return { turn, at: endedAt, message };
}

function readEntry({
  what,
  by,
  signedInAs,
  text = '',
  name = '',
  payload,
  readAt,
  readIn,
  taken,
}: ItemOf<'message'>): ContextEntry | undefined {
  if (readAt === undefined || readIn === undefined || taken) return undefined;
  const told = { message: messageText(by ?? '', text), event: eventText(name, payload) };
  const said = what === 'message' || what === 'event' ? told[what] : text;
  return {
    ...{ turn: readIn, at: readAt },
    ...(by === undefined || what === 'event' ? {} : { by }),
    ...(signedInAs === undefined || what === 'event' ? {} : { signedInAs }),
    message: { role: what === 'instructions' ? 'system' : 'user', text: said },
  };
}

function saying(
  text: string,
  { turn, at }: { readonly turn: number; readonly at: number },
  items: readonly TimelineItem[],
): ContextEntry {
  const calls = items
    .filter((item): item is CallItem => isOf(item, 'call') && item.turn === turn)
    .toSorted((one, other) => one.index - other.index)
    .map(({ modelCallId: id, name, args: { proposed: args } }) => ({ id, name, args }));
  return { turn, at, message: { role: 'assistant', text, calls } };
}
