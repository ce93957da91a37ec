import type { AgentState } from '../contracts/state.ts';
import type { TimelineItem } from '../contracts/timeline.ts';
import type { RunClosing } from '../history/closing.ts';
import { failureOfClosing } from './run-status.ts';

/** What happened in a run that was ended from outside: its agent did not hear of it, so what was open is closed here. */
export function cutShort(
  items: readonly TimelineItem[],
  { turn, outcome }: Pick<AgentState, 'turn' | 'outcome'>,
  closing: RunClosing | undefined,
): readonly TimelineItem[] {
  const failure = closing && failureOfClosing(closing);
  if (!failure || outcome) return items;
  const { at } = closing;
  const end: TimelineItem = { kind: 'end', id: 'end', turn, at, outcome: { status: 'failed', failure } };
  return [...items.map((item) => closed(item, at)), end];
}

function closed(item: TimelineItem, endedAt: number): TimelineItem {
  if (item.endedAt !== undefined) return item;
  switch (item.kind) {
    case 'turn':
    case 'model':
    case 'wait':
      return { ...item, endedAt };
    case 'call':
      return { ...item, endedAt, status: 'dropped' };
    case 'approval':
      return { ...item, endedAt, approval: { ...item.approval, status: 'withdrawn' } };
    case 'message':
    case 'crew':
    case 'transition':
    case 'agent':
    case 'condensed':
    case 'end':
    case 'gap':
      return item;
  }
}
