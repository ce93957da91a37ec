import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import proto from '@temporalio/proto';
import { millisecondsOf } from '../../src/contracts/wire-time.ts';
import { replayProblems } from './replay.ts';
import { until } from '../support/stage.ts';
import { update } from '../support/update.ts';
import { World } from './world.ts';

type TaskQueue = proto.temporal.api.taskqueue.v1.ITaskQueue;
const { TASK_QUEUE_KIND_STICKY: sticky } = proto.temporal.api.enums.v1.TaskQueueKind;

const agents = ['asked-0', 'asked-1'];
const turns = 20;
const messagesOfEach = 40;
/** Nobody speaks to an agent that has ended. */
const waitForClose = [{ tool: 'wait_for_event', args: { name: 'close' } }];

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
    const life = { agent, steps: [...Array.from({ length: turns }, () => look), waitForClose] };
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
        if (number % 2 === 0) await update(handle, 'message', message);
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

  /** The task queue of the agent's last workflow task, whether that is done, and when the agent's timer was started. */
  async function restOf(agent: string) {
    const { events } = await world.client.workflow.getHandle(agent).fetchHistory();
    const scheduled = events?.findLast((event) => event.workflowTaskScheduledEventAttributes);
    const completed = events?.findLast((event) => event.workflowTaskCompletedEventAttributes);
    const timer = events?.findLast((event) => event.timerStartedEventAttributes);
    const done = completed?.workflowTaskCompletedEventAttributes?.scheduledEventId;
    return {
      taskQueue: scheduled?.workflowTaskScheduledEventAttributes?.taskQueue ?? {},
      isDone: String(done) === String(scheduled?.eventId),
      startedAt: millisecondsOf(timer?.eventTime),
    };
  }

  /**
   * The task queue that only the worker polls which has the agent in memory. A task that this one did not take in time has
   * gone to all of them; the next one, which an event brings, goes to the one that took it.
   */
  async function ownRestOf(agent: string): Promise<{ taskQueue: TaskQueue; startedAt: number }> {
    let rest = await restOf(agent);
    await until(`a worker has ${agent} in memory`, async () => {
      if (rest.isDone && rest.taskQueue.kind === sticky) return true;
      if (rest.isDone)
        await world.client.workflow.getHandle(agent).signal<[object]>('event', { name: 'anything' });
      rest = await restOf(agent);
      return false;
    });
    return rest;
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
    const sleepMs = 20_000;
    const { observer } = world;
    const handle = world.client.workflow.getHandle(agent);
    const sleep = [{ tool: 'sleep_until', args: { after: `${sleepMs / 1_000}s` } }];
    const look = [{ tool: 'look', args: { what: 'view' } }];
    const life = { agent, steps: [sleep, look, waitForClose] };
    await observer.start({ agent: 'careful', input: JSON.stringify(life) }, { id: agent });
    await until('the agent sleeps', async () => (await observer.status(agent)).status === 'waiting');
    const { taskQueue, startedAt } = await ownRestOf(agent);
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
    const say = (id: string): Promise<unknown> =>
      update(handle, 'message', { text: 'Hello.', by: 'eva', id });
    await Promise.all([say('m1'), say('m2')]);
    await handle.signal<[object]>('event', { name: 'close' });
    await handle.result();
    assert.deepEqual(await replayProblems(world, [agent]), []);
    await owner.start();
  }

  it('can be taken over after what another worker had read ahead of a lost task, to answer a query', () =>
    askAhead('lost', true));

  it('can be taken over after what another worker had read ahead of any task', () =>
    askAhead('not-begun', false));
});
