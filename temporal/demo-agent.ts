import type { Connected } from '../src/client/connection.ts';
import type { Gateway } from '../src/client/gateway.ts';
import { demoDefinition, demoPrefix, type DemoPlace, putLedgerAside } from './demo-place.ts';

/** What the agent is asked to do; how is in its definition. */
const goal = 'Work through the invoices.';
/** More demos than anybody has had in the 90 days that the server remembers them. */
const maxListed = 1_000;

export interface DemoAgent {
  readonly id: string;
  /** Whether an interrupted run of the demo goes on. */
  readonly resumed: boolean;
  /** Where the ledger of an earlier run was put. */
  readonly aside: string | undefined;
}

/** The agent to go on with, or the id of a new one. Must run before any worker does, since it may move the ledger. */
export async function chooseAgent(
  gateway: Gateway,
  { client }: Connected,
  place: DemoPlace,
  isOwnServer: boolean,
): Promise<DemoAgent> {
  const all = await gateway.list({ query: `WorkflowId STARTS_WITH '${demoPrefix}'`, limit: maxListed });
  const [ours, others] = [true, false].map((isOurs) =>
    all.filter(({ agent }) => agent.startsWith(place.agentPrefix) === isOurs),
  );
  const open = ours?.find(({ closedAt }) => closedAt === undefined);
  if (open !== undefined) return { id: open.agent, resumed: true, aside: undefined };
  if (isOwnServer) {
    // They were interrupted with another workspace, and would now go on with the wrong files.
    for (const { agent, closedAt } of others ?? []) {
      if (closedAt !== undefined) continue;
      await client.workflow.getHandle(agent).terminate('the demo was started again with another workspace');
    }
  }
  const aside = putLedgerAside(place, ours?.[0]?.agent ?? others?.[0]?.agent);
  return { id: `${place.agentPrefix}${timestamp(new Date())}`, resumed: false, aside };
}

export async function startAgent(gateway: Gateway, { id }: DemoAgent): Promise<void> {
  await gateway.start({ agent: demoDefinition, input: goal, requester: 'demo' }, { id });
}

/** `20261123-181507`: sorts by time, and is short enough to type. */
function timestamp(now: Date): string {
  return now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
}
