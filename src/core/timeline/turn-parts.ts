import type { TurnPart } from '../../contracts/difference.ts';
import { Json } from '../../contracts/json.ts';
import type { TimelineItem } from '../../contracts/timeline.ts';
import { canonicalJson } from '../hash.ts';
import { isOf } from './sheet.ts';

/** What a turn was made of, without times, ids and costs: two turns with equal parts did the same. */
export interface TurnParts {
  readonly turn: number;
  readonly parts: Readonly<Record<TurnPart['part'], Json>>;
}

/** The turns of an agent, the beginning (turn 0) included. */
export function turnParts(items: readonly TimelineItem[], agent: string): TurnParts[] {
  const turns = new Set(items.map(partTurn));
  const byTurn = Map.groupBy(items, partTurn);
  return [...turns]
    .toSorted((one, other) => one - other)
    .map((turn) => ({ turn, parts: partsOf(byTurn.get(turn) ?? [], agent) }));
}

/** A message belongs to the turn that read it; one that nobody has read made no difference yet. */
function partTurn(item: TimelineItem): number {
  return isOf(item, 'message') ? (item.readIn ?? item.turn) : item.turn;
}

function partsOf(items: readonly TimelineItem[], agent: string): TurnParts['parts'] {
  const messages = items.filter((item) => isOf(item, 'message'));
  const calls = items.filter((item) => isOf(item, 'call'));
  const replies = items.filter((item) => isOf(item, 'model')).flatMap(({ reply }) => reply?.text ?? []);
  const end = items.find((item) => isOf(item, 'end'));
  return {
    instructions: messages
      .filter(({ what }) => what === 'instructions')
      // Every agent is told its own name.
      .map(({ text = '' }) => text.replaceAll(`"${agent}"`, '"…"')),
    messages: messages
      .filter(({ what, readAt }) => what !== 'instructions' && readAt !== undefined)
      .map(({ by, text, name, payload }) => plain({ by, text, name, payload })),
    reply: replies.at(-1) ?? null,
    calls: calls.map(({ name, args: { proposed, edited } }) =>
      plain({ name, args: proposed.type === 'parsed' ? proposed.value : proposed.text, edited }),
    ),
    results: calls.map(({ outcome }) => plain(outcome ?? null)),
    end: plain(end?.outcome ?? null),
  };
}

/** Fields that are not there are left out. */
function plain(value: unknown): Json {
  return Json.parse(JSON.parse(JSON.stringify(value)));
}

/** Equal for turns that did the same. */
export function signatureOf({ parts }: TurnParts): string {
  return canonicalJson(parts);
}

/** Part by part what differs. */
export function differentParts(one: TurnParts | undefined, other: TurnParts | undefined): TurnPart[] {
  const empty: Record<TurnPart['part'], Json> = {
    ...{ instructions: [], messages: [], reply: null, calls: [], results: [], end: null },
  };
  const [left, right] = [one?.parts ?? empty, other?.parts ?? empty];
  const names = Object.keys(empty) as TurnPart['part'][]; // The keys of a record of parts are parts.
  return names
    .filter((part) => canonicalJson(left[part]) !== canonicalJson(right[part]))
    .map((part) => ({ part, one: left[part], other: right[part] }));
}
