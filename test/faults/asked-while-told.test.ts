import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import type proto from '@temporalio/proto';
import { isGivenUp } from '../../src/client/failures.ts';
import { millisecondsOf } from '../../src/contracts/wire-time.ts';
import { replayProblems } from './replay.ts';
import { until } from '../support/stage.ts';
import { World } from './world.ts';

type TaskQueue = proto.temporal.api.taskqueue.v1.ITaskQueue;

const agents = ['asked-0', 'asked-1', 'asked-2'];
const turns = 20;
const messagesOfEach = 40;

/** An update that got lost with its workflow task is sent again, as every sender has to. */
async function tell(handle: WorkflowHandle, message: object): Promise<unknown> {
  for (;;)
    try {
      return await handle.executeUpdate<unknown, [object]>('message', { args: [message] });
    } catch (error) {
      if (!isGivenUp(error)) throw error;
    }
}

/**
 * A workflow task that answers a query may commit a batch of pure tools before the workflow hears of it; what comes with the
 * next task is then told in another order than on replay. Without `local-steps-first.ts` none of these agents could be
 * taken over by another worker.
 */
describe('an agent that is told things while a workflow task goes another way than usual', () => {
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
    await world.observer.start({ agent: 'careful', input: JSON.stringify(life) }, { id: agent });
    const handle = world.client.workflow.getHandle(agent);
    let isOver = false;
    const ask = async (): Promise<void> => {
      // Somebody who asks all the time may get no answer at times: the cores are shared.
      while (!isOver) await world.observer.status(agent).catch(() => undefined);
    };
    const write = async (by: string): Promise<void> => {
      for (let number = 0; number < messagesOfEach; number += 1) {
        const message = { text: `<${by}-${number}>`, by, id: `${by}-${number}` };
        if (number % 2 === 0) await tell(handle, message);
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

  /** Each worker dies once while the agents live, so that others go on with what they read in their histories. */
  async function killEach(): Promise<void> {
    for (const worker of world.workers) {
      await pause(2_000);
      await worker.kill();
      await worker.start();
    }
  }

  it('can be taken over by another worker at any time, asked for its status while it runs batches', async () => {
    await Promise.all([...agents.map(live), killEach()]);
    assert.deepEqual(await replayProblems(world, agents), []);
    // Whoever reads its history finds the conversations that each worker had with the model.
    await Promise.all(agents.map((agent) => world.observer.audit(agent, false)));
  });

  /** The task queue that only the worker polls which has the agent in memory, and when its timer was started. */
  async function restOf(agent: string): Promise<{ taskQueue: TaskQueue; startedAt: number }> {
    const { events } = await world.client.workflow.getHandle(agent).fetchHistory();
    const scheduled = events?.findLast((event) => event.workflowTaskScheduledEventAttributes);
    const timer = events?.findLast((event) => event.timerStartedEventAttributes);
    return {
      taskQueue: scheduled?.workflowTaskScheduledEventAttributes?.taskQueue ?? {},
      startedAt: millisecondsOf(timer?.eventTime),
    };
  }

  /** Polls in the place of a worker that has died, and completes nothing. */
  async function pollAndDie(taskQueue: TaskQueue): Promise<void> {
    const { workflowService, options } = world.client;
    await world.client.withDeadline(Date.now() + 60_000, () =>
      workflowService.pollWorkflowTaskQueue({ namespace: options.namespace, taskQueue, identity: 'dies' }),
    );
  }

  /**
   * The worker that has the agent dies with a query in hand, and maybe with the workflow task of a timer. Another one
   * answers the query, for which it reads what has come with the timer; then it goes on, with what came since.
   */
  async function askAhead(agent: string, isTaskLost: boolean): Promise<void> {
    const sleepMs = 10_000;
    const { observer } = world;
    const handle = world.client.workflow.getHandle(agent);
    const sleep = [{ tool: 'sleep_until', args: { after: `${sleepMs / 1_000}s` } }];
    const look = [{ tool: 'look', args: { what: 'view' } }];
    const life = { agent, steps: [sleep, look] };
    await observer.start({ agent: 'careful', input: JSON.stringify(life) }, { id: agent });
    await until('the agent sleeps', async () => (await observer.status(agent)).status === 'waiting');
    const { taskQueue, startedAt } = await restOf(agent);
    const wakesAt = startedAt + sleepMs;
    const owner = world.workers.find(({ pid }) => taskQueue.name?.includes(`-${pid}-`));
    assert.ok(owner, `no worker polls ${taskQueue.name}`);
    await owner.kill();
    // The query waits for a second before it goes to another worker; the timer ends in the middle of that.
    await pause(wakesAt - 500 - Date.now());
    const answered = observer.status(agent);
    await pollAndDie(taskQueue);
    if (isTaskLost) await pollAndDie(taskQueue);
    assert.notEqual((await answered).status, 'failed');
    const say = (id: string): Promise<unknown> => tell(handle, { text: 'Hello.', by: 'eva', id });
    await Promise.all([say('m1'), say('m2')]);
    await handle.result();
    assert.deepEqual(await replayProblems(world, [agent]), []);
    await owner.start();
  }

  it('can be taken over after what another worker had read ahead of a lost task, to answer a query', () =>
    askAhead('lost', true));

  it('can be taken over after what another worker had read ahead of any task', () =>
    askAhead('not-begun', false));
});
