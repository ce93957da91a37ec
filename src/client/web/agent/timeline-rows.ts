import type { TimelineItem } from '../../../contracts/timeline.ts';

/** What of a timeline gets a line. Changes of status are told by what brought them about, so that few of them do. */
export function timelineRows(
  items: readonly TimelineItem[],
  { everyChange }: { everyChange: boolean },
): TimelineItem[] {
  return items.filter((item) => item.kind !== 'transition' || everyChange || isNews(item));
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
