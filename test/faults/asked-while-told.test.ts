import assert from 'node:assert/strict';
import { replayProblems } from './replay.ts';
import { World } from './world.ts';

const agents = ['asked-0', 'asked-1', 'asked-2'];
const turns = 20;
const messagesOfEach = 40;

/**
 * A workflow task that answers a query may commit a batch of pure tools before the workflow hears of it; what comes with the
 * next task is then told in another order than on replay. Without `local-steps-first.ts` none of these agents could be
 * taken over by another worker.
 */
describe('an agent that is asked for its status all the time, while people write and it runs batches', () => {
  let world: World;
  before(async () => {
    world = await World.create();
  });
  after(async () => {
    await world.close({ keep: false });
  });

  async function live(agent: string): Promise<void> {
    const look = [{ tool: 'look', args: { what: 'view' } }];
    const wait = [{ tool: 'wait_for_event', args: { name: 'close' } }];
    const life = { agent, steps: [...Array.from({ length: turns }, () => look), wait] };
    await world.observer.start({ agent: 'lifer', input: JSON.stringify(life) }, { id: agent });
    const handle = world.client.workflow.getHandle(agent);
    let isOver = false;
    const ask = async (): Promise<void> => {
      // Somebody who asks all the time may get no answer at times: the cores are shared.
      while (!isOver) await world.observer.status(agent).catch(() => undefined);
    };
    const write = async (by: string): Promise<void> => {
      for (let number = 0; number < messagesOfEach; number += 1) {
        const message = { text: `<${by}-${number}>`, by, id: `${by}-${number}` };
        if (number % 2 === 0) await handle.executeUpdate<unknown, [object]>('message', { args: [message] });
        else await handle.signal<[object]>('message', message);
      }
    };
    const asking = [ask(), ask()];
    await Promise.all([write('eva'), write('max')]);
    await handle.signal<[object]>('event', { name: 'close' });
    await handle.result();
    isOver = true;
    await Promise.all(asking);
  }

  it('can be taken over by another worker at any time: its history replays', async () => {
    await Promise.all(agents.map(live));
    assert.deepEqual(await replayProblems(world, agents), []);
  });
});
