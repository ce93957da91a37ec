import type { TimelineItem } from '../../../contracts/timeline.ts';

/** What of a timeline somebody wants to see. */
export interface TimelineView {
  readonly show: 'all' | 'model' | 'call' | 'approval' | 'message' | 'wait';
  /** Looked for in all turns, on the server. */
  readonly search: string;
  readonly everyChange: boolean;
}

/** What of a timeline gets a line. Changes of status are told by what brought them about, so that few of them do. */
export function timelineRows(
  items: readonly TimelineItem[],
  { show, everyChange }: Pick<TimelineView, 'show' | 'everyChange'>,
): TimelineItem[] {
  if (show !== 'all') return underTurns(items.filter(({ kind }) => kind === 'turn' || kind === show));
  return items.filter((item) => item.kind !== 'transition' || everyChange || isNews(item));
}

/** What the models of a turn have used, as far as that is known. */
export interface TurnUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly usd: number;
}

/** Tokens and cost of each turn. */
export function usageByTurn(items: readonly TimelineItem[]): ReadonlyMap<number, TurnUsage> {
  const turns = new Map<number, TurnUsage>();
  for (const item of items) {
    if (item.kind !== 'model' || item.usage === undefined) continue;
    const { inputTokens, outputTokens, usd } = item.usage;
    const known = turns.get(item.turn) ?? { inputTokens: 0, outputTokens: 0, usd: 0 };
    turns.set(item.turn, {
      inputTokens: known.inputTokens + inputTokens,
      outputTokens: known.outputTokens + outputTokens,
      usd: known.usd + usd,
    });
  }
  return turns;
}

/** A turn without any of what is shown needs no line. */
function underTurns(items: readonly TimelineItem[]): TimelineItem[] {
  return items.filter(({ kind }, place) => {
    const next = items[place + 1];
    return kind !== 'turn' || (next !== undefined && next.kind !== 'turn');
  });
}

/** Whether a line has more to it than it shows. */
export function hasDetails({ kind }: TimelineItem): boolean {
  return kind !== 'turn' && kind !== 'gap' && kind !== 'condensed';
}

/** Messages, events and decisions have lines of their own; one that was refused has none but this. */
const toldElsewhere = /^(message$|event [^:]*$|(approve|edit|reject|respond|ignore) )/;

function isNews({
  transition: { actor, cause, to },
}: Extract<TimelineItem, { kind: 'transition' }>): boolean {
  if (actor === 'agent' || cause.startsWith('child')) return to === 'paused' || to === 'closing';
  return !toldElsewhere.test(cause);
}
