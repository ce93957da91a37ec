import type { Child } from '../../contracts/child.ts';
import type { AgentState } from '../../contracts/state.ts';
import type { TimelineItem } from '../../contracts/timeline.ts';
import { isLiving } from '../living-children.ts';
import type { Happening, Sheet } from './sheet.ts';

function agentItemId(id: string): string {
  return `agent:${id}`;
}

/** Agents below that an earlier run began and that live on. */
export function carryAgents(sheet: Sheet, { children }: AgentState): void {
  for (const child of children.filter(isLiving)) sheet.put({ ...itemOf(child), carried: true });
}

/** Agents that this one delegated to, and their ends. */
export function tellAgents(sheet: Sheet, { event: { at }, before, after }: Happening): void {
  if (before.children === after.children) return;
  const known = new Set(before.children);
  for (const child of after.children) {
    if (known.has(child)) continue;
    const item = sheet.find('agent', agentItemId(child.id));
    sheet.put({
      ...(item ?? itemOf(child)),
      child: seen(child),
      ...(isLiving(child) ? {} : { endedAt: at }),
    });
  }
}

type AgentItem = Extract<TimelineItem, { kind: 'agent' }>;

function itemOf(child: Child): AgentItem {
  const { id, turn, since } = child;
  return { kind: 'agent', id: agentItemId(id), turn, at: since, child: seen(child) };
}

function seen({ id, agent, input, index, awaited, status, share, run, usage }: Child): AgentItem['child'] {
  return {
    ...{ id, agent, input, index, awaited, status, share },
    ...(run === undefined ? {} : { run }),
    ...(usage === undefined ? {} : { usage }),
  };
}
