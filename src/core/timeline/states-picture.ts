import type { TimelineItem } from '../../contracts/timeline.ts';

/**
 * An agent's life as a Mermaid state diagram: the statuses that it was in, and how often it went each way. Transitions that
 * leave the status as it is are no arrows.
 */
export function statesPicture(items: readonly TimelineItem[]): string {
  const times = new Map<string, number>();
  let last: string | undefined;
  for (const item of items) {
    if (item.kind !== 'transition') continue;
    const { from, to } = item.transition;
    last = to;
    if (from === to) continue;
    const way = `${from} --> ${to}`;
    times.set(way, (times.get(way) ?? 0) + 1);
  }
  const ends = last === 'completed' || last === 'failed' || last === 'cancelled';
  return [
    'stateDiagram-v2',
    ...(times.has('starting --> thinking') ? ['  [*] --> starting'] : []),
    ...[...times].map(([way, count]) => `  ${way}: ${count} times`.replace(': 1 times', ': once')),
    ...(ends ? [`  ${last} --> [*]`] : []),
  ].join('\n');
}
