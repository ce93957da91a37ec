import type { TimelineItem } from '../../../contracts/answers.ts';
import type { RequestedCall } from '../../../contracts/model.ts';
import { CallOutcome, type ContextEntry, type Transition } from '../../../contracts/state.ts';

interface RowPlace {
  readonly key: string;
  readonly at: number;
  readonly turn: number;
}

export type SaidRow = RowPlace & {
  readonly kind: 'said';
  readonly who: 'instructions' | 'person' | 'agent';
  readonly by: string | undefined;
  readonly signedInAs: ContextEntry['signedInAs'];
  readonly text: string;
};

export type CallRow = RowPlace & {
  readonly kind: 'call';
  readonly name: string;
  readonly args: RequestedCall['args'];
  /** What the model was told of it; absent while it runs or waits. */
  readonly told:
    { readonly at: number; readonly outcome: CallOutcome | undefined; readonly text: string } | undefined;
};

export type ChangeRow = RowPlace & { readonly kind: 'change'; readonly transition: Transition };

/** A line of an agent's timeline. */
export type TimelineRow =
  | (RowPlace & { readonly kind: 'turn' })
  | (RowPlace & { readonly kind: 'gap'; readonly ms: number })
  | SaidRow
  | CallRow
  | ChangeRow;

/** Nobody watches a screen for longer without anything moving. */
const GAP_MS = 60_000;

/** What happened, line by line: turns with what was said, called and changed in them, and where nothing happened for long. */
export function timelineRows(
  items: readonly TimelineItem[],
  { everyChange }: { everyChange: boolean },
): TimelineRow[] {
  const told = toldOf(items);
  const rows: TimelineRow[] = [];
  let turn = -1;
  let last: number | undefined;
  for (const [index, item] of items.entries()) {
    const made = rowsOf(item, told, everyChange);
    const [first] = made;
    if (!first) continue;
    const { at } = item;
    if (last !== undefined && at - last >= GAP_MS)
      rows.push({ kind: 'gap', key: `gap ${index} ${at}`, at, turn: item.turn, ms: at - last });
    if (item.turn !== turn) {
      turn = item.turn;
      rows.push({ kind: 'turn', key: `turn ${turn} ${index}`, at, turn });
    }
    rows.push(...made);
    last = Math.max(last ?? at, ...made.map(endOf));
  }
  return withOwnKeys(rows);
}

/** Several messages may be read at the same moment. */
function withOwnKeys(rows: readonly TimelineRow[]): TimelineRow[] {
  const seen = new Map<string, number>();
  return rows.map((row) => {
    const count = seen.get(row.key) ?? 0;
    seen.set(row.key, count + 1);
    return count === 0 ? row : { ...row, key: `${row.key} ${count}` };
  });
}

function endOf(row: TimelineRow): number {
  return row.kind === 'call' ? (row.told?.at ?? row.at) : row.at;
}

type Told = ReadonlyMap<string, NonNullable<CallRow['told']>>;

/** What was told of each call, by its turn and the model's own id for it. */
function toldOf(items: readonly TimelineItem[]): Told {
  return new Map(
    items.flatMap((item) => {
      if (item.kind !== 'message' || item.entry.message.role !== 'tool') return [];
      const { callId, text } = item.entry.message;
      return [[`${item.turn} ${callId}`, { at: item.at, outcome: outcomeIn(text), text }] as const];
    }),
  );
}

function outcomeIn(text: string): CallOutcome | undefined {
  try {
    return CallOutcome.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function rowsOf(item: TimelineItem, told: Told, everyChange: boolean): TimelineRow[] {
  if (item.kind === 'message') return entryRows(item.entry, told);
  const { transition, at, turn } = item;
  return everyChange || isNews(transition)
    ? [{ kind: 'change', key: `change ${transition.revision}`, at, turn, transition }]
    : [];
}

/** Thinking and acting take turns all the time; whoever reads the timeline sees that from what was said and done. */
function isNews({ actor, to, from }: Transition): boolean {
  const isOrdinary = ['starting', 'thinking', 'acting'].includes(to);
  return actor !== 'agent' || !isOrdinary || !['starting', 'thinking', 'acting'].includes(from);
}

function entryRows({ turn, at, by, signedInAs, message }: ContextEntry, told: Told): TimelineRow[] {
  const place = { turn, at };
  const sender = { by, signedInAs };
  switch (message.role) {
    case 'system':
      return [
        {
          ...place,
          kind: 'said',
          key: `system ${turn} ${at}`,
          who: 'instructions',
          ...sender,
          text: message.text,
        },
      ];
    case 'user':
      return [
        {
          ...place,
          kind: 'said',
          key: `user ${turn} ${at}`,
          who: 'person',
          ...sender,
          text: message.text,
        },
      ];
    case 'assistant': {
      const { text, calls } = message;
      const said: TimelineRow[] =
        text.trim() === ''
          ? []
          : [{ ...place, kind: 'said', key: `agent ${turn} ${at}`, who: 'agent', ...sender, text }];
      const called = calls.map(({ id, name, args }, index): CallRow => {
        const key = `call ${turn} ${index} ${id}`;
        return { ...place, kind: 'call', key, name, args, told: told.get(`${turn} ${id}`) };
      });
      return [...said, ...called];
    }
    // Shown with its call.
    case 'tool':
      return [];
  }
}
