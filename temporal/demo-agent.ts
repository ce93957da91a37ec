import type { Gateway } from '../src/client/gateway.ts';
import type { ChosenAgent, DemoKind } from './demo-kind.ts';
import { demoPrefix, type DemoPlace } from './demo-place.ts';

/** More demos than anybody has had in the 90 days that the server remembers them. */
const maxListed = 1_000;

export interface DemoAgent extends ChosenAgent {
  /** Where its worker has to look: an agent stays on the queue that it was begun on. */
  readonly taskQueue: string;
  /** What was done before it could start, for people. */
  readonly prepared: readonly string[];
}

/**
 * The agent to go on with, or the id of a new one. Agents of other places are left alone, with the files that they began with:
 * no worker of this place looks at their queues. Must run before any worker does, since a demo may have to move files.
 */
export async function chooseAgent(
  gateway: Pick<Gateway, 'list' | 'live'>,
  {
    kind,
    place,
    taskQueue: ofNew,
  }: { kind: Pick<DemoKind, 'definition' | 'prepare'>; place: DemoPlace; taskQueue: string },
): Promise<DemoAgent> {
  const all = await gateway.list({ query: `WorkflowId STARTS_WITH '${demoPrefix(kind)}'`, limit: maxListed });
  const open = all.find(
    ({ agent, closedAt }) => agent.startsWith(place.agentPrefix) && closedAt === undefined,
  );
  const chosen = {
    id: open?.agent ?? `${place.agentPrefix}${timestamp(new Date())}`,
    resumed: open !== undefined,
  };
  const taskQueue = open === undefined ? ofNew : (await gateway.live(open.agent)).taskQueue;
  const prepared = kind.prepare(place, chosen, all[0]?.agent);
  return { ...chosen, taskQueue, prepared };
}

export async function startAgent(
  gateway: Gateway,
  { definition, goal }: DemoKind,
  { id }: DemoAgent,
): Promise<void> {
  await gateway.start({ agent: definition, input: goal, requester: 'demo' }, { id });
}

/** `20261123-181507`: sorts by time, and is short enough to type. */
function timestamp(now: Date): string {
  return now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
}
