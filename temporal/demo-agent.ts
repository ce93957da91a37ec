import type { Connected } from '../src/client/connection.ts';
import type { Gateway } from '../src/client/gateway.ts';
import type { DemoKind } from './demo-kind.ts';
import { demoPrefix, type DemoPlace } from './demo-place.ts';

/** More demos than anybody has had in the 90 days that the server remembers them. */
const maxListed = 1_000;

export interface DemoAgent {
  readonly id: string;
  /** Whether an interrupted run of the demo goes on. */
  readonly resumed: boolean;
  /** What was done before it could start, for people. */
  readonly prepared: readonly string[];
}

/** The agent to go on with, or the id of a new one. Must run before any worker does, since a demo may have to move files. */
export async function chooseAgent(
  gateway: Gateway,
  { client }: Connected,
  { kind, place }: { kind: DemoKind; place: DemoPlace },
  isOwnServer: boolean,
): Promise<DemoAgent> {
  const all = await gateway.list({ query: `WorkflowId STARTS_WITH '${demoPrefix(kind)}'`, limit: maxListed });
  const [ours, others] = [true, false].map((isOurs) =>
    all.filter(({ agent }) => agent.startsWith(place.agentPrefix) === isOurs),
  );
  const open = ours?.find(({ closedAt }) => closedAt === undefined);
  if (open !== undefined) return { id: open.agent, resumed: true, prepared: [] };
  if (isOwnServer) {
    // They were interrupted with another workspace, and would now go on with the wrong files.
    for (const { agent, closedAt } of others ?? []) {
      if (closedAt !== undefined) continue;
      await client.workflow.getHandle(agent).terminate('the demo was started again with another workspace');
    }
  }
  const prepared = kind.prepare(place, ours?.[0]?.agent ?? others?.[0]?.agent);
  return { id: `${place.agentPrefix}${timestamp(new Date())}`, resumed: false, prepared };
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
