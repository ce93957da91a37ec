import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isReadAhead } from '../../src/contracts/read-ahead.ts';
import { pendingAttempts, type PendingAttempt } from '../support/pending-attempt.ts';
import { calls, finish, type ModelSwitch, type Step, switchOfModels } from '../support/models.ts';
import { put, Stage, until } from '../support/stage.ts';
import { update } from '../support/update.ts';

/** Of a tool that may be called again. */
const lastAttempt = 5;
const waitFor = (tool: string): Step[] => [calls([tool, { path: 'go' }]), finish()];
const definition = (model: string, tools: string): string => `model: ${model}\ntools: ${tools}\n---\nDo it.`;

describe('a worker that is started in the place of one that was killed', function () {
  this.timeout(480_000);
  let models: ModelSwitch;
  let stage: Stage;

  before(async () => {
    models = await switchOfModels({
      ...{ patient: { script: waitFor('wait_for') }, careful: { script: waitFor('wait_once') } },
      ...{ silent: { script: [{ fault: 'hang' }, finish()] }, sibling: { script: waitFor('wait_for') } },
      asking: { script: [calls(['ask_human', { question: 'May I?' }])] },
    });
    stage = await Stage.create({
      modelUrl: models.url,
      toolsDir: join(import.meta.dirname, '../support/waiting-tools'),
      definitions: {
        patient: definition('patient', '{ wait_for: auto, finish: auto }'),
        careful: definition('careful', '{ wait_once: auto, finish: auto }'),
        silent: definition('silent', '{ finish: auto }'),
        sibling: definition('sibling', '{ wait_for: auto, finish: auto }'),
        asking: definition('asking', '{ ask_human: auto, finish: auto }'),
      },
    });
  });
  after(async () => {
    await stage.dispose();
    await models.close();
  });

  /** Starts an agent and waits until the worker has begun the step that does not end by itself. */
  async function startWaiting(agent: string, activity: string): Promise<PendingAttempt> {
    await stage.gateway.start({ agent, input: 'Begin.' }, { id: agent });
    return pending(agent, ({ type, isStarted }) => type === activity && isStarted);
  }

  async function pending(agent: string, fits: (attempt: PendingAttempt) => boolean): Promise<PendingAttempt> {
    const found: PendingAttempt[] = [];
    let last: PendingAttempt[] = [];
    await until(
      `${agent} has that attempt`,
      async () => {
        last = await pendingAttempts(stage.client, agent);
        found.push(...last.filter(fits));
        return found.length > 0;
      },
      () => JSON.stringify(last),
    );
    return found[0]!;
  }

  async function replaceWorker(): Promise<void> {
    await stage.killWorker();
    await stage.startWorker();
  }

  /**
   * The reason is the proof: a heartbeat timeout would be the failure of a server, not of this type. The server is first where
   * a worker takes longer to start than a heartbeat may be missing; then that one is replaced as well.
   */
  async function assertTakenOver(agent: string): Promise<void> {
    for (let last = 1; ;) {
      const fits = ({ attempt, isStarted }: PendingAttempt): boolean => attempt > last && isStarted;
      const { attempt, lastFailure } = await pending(agent, fits);
      if (lastFailure === 'WorkerLost') return;
      assert.ok(attempt < lastAttempt, `attempt ${attempt} came after: ${lastFailure || 'a timeout'}`);
      last = attempt;
      await replaceWorker();
    }
  }

  it('has every attempt that died with it made again, and no outcome is invented', async () => {
    assert.equal((await startWaiting('patient', 'runTool')).attempt, 1);
    assert.equal((await startWaiting('careful', 'runTool')).attempt, 1);
    assert.equal((await startWaiting('silent', 'callModel')).attempt, 1);
    // The server has begun the step a moment before the worker asks the model, which is silent only once.
    await until('the model is asked', () => models.left('silent') === 1);
    await replaceWorker();
    assert.equal((await stage.gateway.result('silent')).status, 'completed');
    const { approvals } = await stage.untilStatus('careful', ({ status }) => status === 'waiting');
    assert.deepEqual(
      approvals.map(({ subject, tool }) => ({ subject, tool })),
      [{ subject: 'unknown_outcome', tool: 'wait_once' }],
    );
    await assertTakenOver('patient');

    await put(stage.workspace, 'go', '');
    await stage.gateway.send('careful', 'decide', {
      approval: approvals[0]!.id,
      decision: 'approve',
      by: 'test',
    });
    for (const agent of ['patient', 'careful'])
      assert.equal((await stage.gateway.result(agent)).status, 'completed');
    assert.deepEqual([models.left('patient'), models.left('careful'), models.left('silent')], [0, 0, 0]);
  });

  it('leaves the attempts of a worker that lives to that one', async () => {
    const elder = stage.worker;
    await rm(join(stage.workspace, 'go'), { force: true });
    assert.equal((await startWaiting('sibling', 'runTool')).attempt, 1);
    await stage.startWorker();
    await put(stage.workspace, 'go', '');
    assert.equal((await stage.gateway.result('sibling')).status, 'completed');
    await elder.stop();
    const { events } = await stage.client.workflow.getHandle('sibling').fetchHistory();
    const attempts = (events ?? []).flatMap(
      ({ activityTaskStartedEventAttributes: begun }) => begun?.attempt ?? [],
    );
    // A model call, the tool, the last model call.
    assert.deepEqual(attempts, [1, 1, 1]);
  });

  it('answers whoever asks with plain Temporal, whatever it has heard first', async () => {
    await stage.gateway.start({ agent: 'asking', input: 'Begin.' }, { id: 'asking' });
    await stage.untilStatus('asking', ({ approvals }) => approvals.length > 0);
    const agent = stage.client.workflow.getHandle('asking');
    const hear: Record<string, () => Promise<unknown>> = {
      'a message': () => update(agent, 'message', { by: 'eva', text: 'Hello.' }),
      'what it refuses': () => assert.rejects(update(agent, 'message', { by: 'eva' })),
    };
    for (const [what, hears] of Object.entries(hear)) {
      await replaceWorker();
      await hears();
      // It may say once that it reads the agent anew.
      const ask = (): Promise<{ agent: string }> => agent.query<{ agent: string }>('status');
      const answer = await ask().catch((error: unknown) => {
        assert.ok(isReadAhead(error), `after ${what}: ${String(error)}`);
        return ask();
      });
      assert.equal(answer.agent, 'asking');
    }
  });
});
