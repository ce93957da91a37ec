import assert from 'node:assert/strict';
import type { ListedAgent } from '../../src/contracts/answers.ts';
import type { LiveView } from '../../src/client/live.ts';
import { chooseAgent } from '../../temporal/demo-agent.ts';
import type { DemoPlace } from '../../temporal/demo-place.ts';

const place: DemoPlace = {
  ...{ dataDir: '/data', workspace: '/work', ledgerFile: '/data/ledger.sqlite' },
  ...{ agentPrefix: 'clerk-demo-aaaaaa-', taskQueue: 'perdure-demo-aaaaaa' },
  ownTaskQueue: 'perdure',
};
const closedAt = '2026-03-02T13:00:00.000Z';

function listed(agent: string, more: Partial<ListedAgent> = {}): ListedAgent {
  return {
    ...{ agent, runId: 'r', status: 'running', waitingFor: [], pendingApprovals: 0 },
    ...{ startedAt: '2026-03-02T12:00:00.000Z', ...more },
  };
}

/** A gateway can't do more for it than list and look: agents of other places are left alone. */
function choose(agents: ListedAgent[], queue = 'perdure') {
  const live = { taskQueue: queue } as LiveView; // All that is looked at.
  const told: unknown[] = [];
  const prepare = (...given: unknown[]): string[] => {
    told.push(given.slice(1));
    return [];
  };
  const gateway = { list: () => Promise.resolve(agents), live: () => Promise.resolve(live) };
  return chooseAgent(gateway, { kind: { definition: 'clerk', prepare }, place, taskQueue: 'new' }).then(
    (agent) => ({
      agent,
      told,
    }),
  );
}

describe('the agent of a demo', () => {
  it('is the open one of this place, on the queue that it was begun on', async () => {
    const mine = `${place.agentPrefix}1`;
    const { agent, told } = await choose([listed('clerk-demo-bbbbbb-2'), listed(mine)]);
    assert.deepEqual(agent, { id: mine, resumed: true, taskQueue: 'perdure', prepared: [] });
    assert.deepEqual(told, [[{ id: mine, resumed: true }, 'clerk-demo-bbbbbb-2']]);
  });

  it('is a new one on the queue of new ones beside an open one of another place', async () => {
    const { agent } = await choose([
      listed('clerk-demo-bbbbbb-2'),
      listed(`${place.agentPrefix}1`, { closedAt }),
    ]);
    assert.ok(agent.id.startsWith(place.agentPrefix) && !agent.resumed);
    assert.equal(agent.taskQueue, 'new');
  });
});
