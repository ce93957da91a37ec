import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { searchAttributeTypes } from '../../src/contracts/search-attributes.ts';
import { toolTaskQueue } from '../../src/contracts/task-queues.ts';
import { StatusDocument, TransitionsPage } from '../../src/contracts/status.ts';
import { calls, finish, type ModelSwitch, type Step, switchOfModels } from '../support/models.ts';
import { Stage, taskQueue, until } from '../support/stage.ts';
import { TemporalCli } from '../support/temporal-cli.ts';
import { wrongSignals, wrongStarts, wrongUpdates } from '../support/wrong-messages.ts';

const write: Step = calls(['write_file', { path: 'reports/a.txt', content: 'proposed' }]);
const ask: Step = calls(['ask_human', { question: 'Which?', choices: ['red', 'blue'] }]);
const waitForever: Step = calls(['wait_for_event', { name: 'delivery' }]);

/** One agent for each row; its model is called like it. */
const scripts: Readonly<Record<string, readonly Step[]>> = {
  approved: [write, finish('written')],
  edited: [calls(['write_file', { path: 'reports/proposed.txt', content: 'proposed' }]), finish('written')],
  rejected: [write, finish('not written')],
  answered: [ask, finish('answered')],
  spoken: [waitForever, finish('heard')],
  paused: [waitForever, finish('went on')],
  stopped: [waitForever],
  cancelled: [waitForever],
  pestered: [ask, finish('unharmed')],
  sleeper: [calls(['sleep_until', { after: '30d' }]), finish('woken')],
  poor: [calls(['note', { text: '1' }]), calls(['note', { text: '2' }]), finish('rich again')],
};

const definition = `model: unused
tools: { write_file: approve, ask_human: auto, wait_for_event: auto, sleep_until: auto, note: auto, finish: auto }
---
Do as you are told.`;

describe("an agent with nothing but Temporal's own command line", () => {
  let models: ModelSwitch;
  let stage: Stage;
  let temporal: TemporalCli;

  before(async () => {
    const described = Object.entries(scripts).map(([name, script]) => [name, { script }] as const);
    models = await switchOfModels(Object.fromEntries(described));
    stage = await Stage.create({ modelUrl: models.url, definitions: { clerk: definition } });
    temporal = await TemporalCli.at(stage);
    for (const name of Object.keys(scripts)) {
      const budget = name === 'poor' ? { budget: { turns: 2 } } : {};
      await temporal.start(name, [{ agent: 'clerk', input: 'Go.', model: name, ...budget }]);
    }
  });
  after(async () => {
    await stage.dispose();
    await models.close();
  });

  async function untilStatus(id: string, fits: (now: StatusDocument) => boolean): Promise<StatusDocument> {
    let now: StatusDocument | undefined;
    const holds = async (): Promise<boolean> => fits((now = await temporal.status(id)));
    await until(`${id} gets there`, holds, () => JSON.stringify(now));
    return now!;
  }

  const waiting = (id: string): Promise<StatusDocument> => untilStatus(id, (now) => now.status === 'waiting');

  async function approvalOf(id: string): Promise<string> {
    const { approvals } = await waiting(id);
    assert.equal(approvals.length, 1);
    return approvals[0]!.id;
  }

  async function assertEnds(id: string, ending: object): Promise<void> {
    assert.deepEqual(await stage.gateway.result(id), ending);
    const { complaints, left } = models;
    assert.deepEqual([complaints(id), left(id)], [[], 0]);
  }

  it('is approved by an update, which answers with the new status', async () => {
    const approval = await approvalOf('approved');
    const { stdout, code } = await temporal.update('approved', 'decide', {
      approval,
      decision: 'approve',
      by: 'ann',
    });
    assert.equal(code, 0);
    const { result } = JSON.parse(stdout) as { result: unknown };
    assert.deepEqual(StatusDocument.parse(result).approvals, []);
    await assertEnds('approved', { status: 'completed', result: 'written' });
  });

  it('is edited by a signal, which approves it as it is now', async () => {
    const approval = await approvalOf('edited');
    const args = { path: 'reports/edited.txt', content: 'as it should be' };
    const decision = { approval, decision: 'edit', by: 'ann', args };
    assert.equal((await temporal.signal('edited', 'decide', decision)).code, 0);
    await assertEnds('edited', { status: 'completed', result: 'written' });
    assert.equal(readFileSync(join(stage.workspace, args.path), 'utf8'), args.content);
    assert.ok(!existsSync(join(stage.workspace, 'reports/proposed.txt')));
  });

  it('is rejected with a reason', async () => {
    const approval = await approvalOf('rejected');
    const decision = { approval, decision: 'reject', by: 'ann', message: 'no' };
    assert.equal((await temporal.update('rejected', 'decide', decision)).code, 0);
    await assertEnds('rejected', { status: 'completed', result: 'not written' });
  });

  it('is answered', async () => {
    const approval = await approvalOf('answered');
    const decision = { approval, decision: 'respond', by: 'ann', message: 'blue' };
    assert.equal((await temporal.signal('answered', 'decide', decision)).code, 0);
    await assertEnds('answered', { status: 'completed', result: 'answered' });
  });

  it('gets a message and the event that it waits for', async () => {
    await waiting('spoken');
    const { stdout } = await temporal.update('spoken', 'message', {
      text: 'Good morning',
      by: 'ann',
      id: 'm1',
    });
    assert.match(stdout, /"messages": *1/);
    await temporal.update('spoken', 'message', { text: 'Good morning', by: 'ann', id: 'm1' });
    assert.equal((await temporal.status('spoken')).queued.messages, 1, 'the repeat counts once');
    assert.equal(
      (await temporal.signal('spoken', 'event', { name: 'delivery', payload: { box: 7 } })).code,
      0,
    );
    await assertEnds('spoken', { status: 'completed', result: 'heard' });
  });

  it('is paused and resumed', async () => {
    await waiting('paused');
    await temporal.update('paused', 'pause', { by: 'ann', reason: 'lunch' });
    await temporal.signal('paused', 'event', { name: 'delivery' });
    const held = await untilStatus('paused', (now) => now.turn === 2);
    assert.deepEqual([held.status, held.paused?.by, held.paused?.reason], ['paused', 'ann', 'lunch']);
    assert.equal((await temporal.signal('paused', 'resume', { by: 'ann' })).code, 0);
    await assertEnds('paused', { status: 'completed', result: 'went on' });
  });

  it('is woken before its time', async () => {
    assert.equal((await waiting('sleeper')).interruptions[0]?.kind, 'timer');
    assert.equal((await temporal.update('sleeper', 'resume', { by: 'ann' })).code, 0);
    await assertEnds('sleeper', { status: 'completed', result: 'woken' });
  });

  it('gets a larger budget', async () => {
    assert.equal((await waiting('poor')).interruptions[0]?.kind, 'budget');
    assert.equal((await temporal.update('poor', 'extendBudget', { by: 'ann', turns: 5 })).code, 0);
    await assertEnds('poor', { status: 'completed', result: 'rich again' });
  });

  it('is found by what it waits for, and lists name the search attributes', async () => {
    await waiting('stopped');
    await until('the list has it', async () => {
      return (await temporal.list(`AgentStatus = 'waiting' AND AgentWaitingFor = 'event'`)).includes(
        '"stopped"',
      );
    });
    await until('the list has who waits for an answer', async () => {
      return (await temporal.list(`AgentWaitingFor = 'input' AND AgentPendingApprovals = 1`)).includes(
        '"pestered"',
      );
    });
    const all = await temporal.list(`AgentDefinition = 'clerk' AND AgentTurn >= 0`);
    for (const name of Object.keys(searchAttributeTypes)) assert.ok(all.includes(name), name);
  });

  it('is stopped', async () => {
    await waiting('stopped');
    assert.equal((await temporal.signal('stopped', 'stop', { by: 'ann', reason: 'enough' })).code, 0);
    await assertEnds('stopped', { status: 'cancelled', reason: 'stopped by ann: enough' });
  });

  it('is cancelled', async () => {
    await waiting('cancelled');
    assert.equal((await temporal.run('workflow', 'cancel', '--workflow-id', 'cancelled')).code, 0);
    assert.equal((await stage.gateway.result('cancelled')).status, 'cancelled');
    const { stdout } = await temporal.run(
      'workflow',
      'describe',
      '--workflow-id',
      'cancelled',
      '--output',
      'json',
    );
    assert.match(stdout, /WORKFLOW_EXECUTION_STATUS_CANCELED/);
  });

  for (const [what, { inputs, says }] of Object.entries(wrongStarts)) {
    it(`fails at once when it is started with ${what}`, async () => {
      const id = `wrong: ${what}`;
      await temporal.start(id, inputs);
      const outcome = await stage.gateway.result(id);
      assert.equal(outcome.status, 'failed');
      assert.match(`${outcome.failure.type}: ${outcome.failure.message}`, says);
    });
  }

  it('fails at once when its argument can not be decoded', async () => {
    await temporal.start('garbled', [{ agent: 'clerk' }], '--input-meta', 'encoding=binary/encrypted');
    const outcome = await stage.gateway.result('garbled');
    assert.equal(outcome.status, 'failed');
    assert.match(outcome.failure.message, /could not be decoded/);
  });

  it('is refused as one of many that Temporal starts by a cron schedule', async () => {
    await temporal.start('repeated', [{ agent: 'clerk', input: 'Go.' }], '--cron', '@every 1s');
    const failed = "WorkflowId = 'repeated' AND ExecutionStatus = 'Failed'";
    await until('a run of it has failed', async () => (await temporal.list(failed)).includes('"runId"'));
    const stopped = await temporal.run('workflow', 'terminate', '--workflow-id', 'repeated');
    assert.equal(stopped.code, 0, stopped.stderr);
    const runId = /"runId": "([^"]+)"/.exec(await temporal.list(failed))?.[1] ?? '';
    const run = ['--workflow-id', 'repeated', '--run-id', runId];
    const { stdout } = await temporal.run('workflow', 'show', ...run, '--output', 'json');
    assert.match(stdout, /an agent has one life: start it with no cron schedule/);
  });

  for (const [what, { name, payload, meta, says }] of Object.entries(wrongSignals)) {
    it(`shows and survives a signal with ${what}`, async () => {
      const before = await waiting('pestered');
      const sent = await temporal.signal(
        'pestered',
        name,
        payload,
        ...(meta === undefined ? [] : ['--input-meta', meta]),
      );
      assert.equal(sent.code, 0);
      const now = await untilStatus('pestered', ({ revision }) => revision > before.revision);
      assert.deepEqual(
        { ...now, revision: 0, since: '', interruptions: [] },
        { ...before, revision: 0, since: '', interruptions: [] },
      );
      const { transitions } = TransitionsPage.parse(
        await stage.client.workflow.getHandle('pestered').query('transitions', { from: now.revision }),
      );
      assert.match(transitions.map(({ cause }) => cause).join('\n'), says);
    });
  }

  for (const [what, { name, payload, says }] of Object.entries(wrongUpdates)) {
    it(`refuses an update with ${what}`, async () => {
      const before = await waiting('pestered');
      const { code, stdout, stderr } = await temporal.update('pestered', name, payload);
      assert.notEqual(code, 0);
      assert.match(stdout + stderr, says);
      assert.equal((await temporal.status('pestered')).revision, before.revision);
    });
  }

  it('does not take a decision that the kind of question has not', async () => {
    const approval = await approvalOf('pestered');
    const { stderr, code } = await temporal.update('pestered', 'decide', {
      approval,
      decision: 'approve',
      by: 'ann',
    });
    assert.notEqual(code, 0);
    assert.match(stderr, /approve does not fit/);
  });

  it('has no step run that no agent has asked for', async () => {
    const write = { agentId: 'approved', turn: 1, index: 0, tool: 'write_file', key: 'k/1/0/x' };
    const args = { path: 'reports/unasked.txt', content: 'unasked' };
    for (const queue of [taskQueue, toolTaskQueue(taskQueue)]) {
      const how = ['--activity-id', `unasked-${queue}`, '--type', 'runTool', '--task-queue', queue];
      const input = ['--start-to-close-timeout', '20s', '--input', JSON.stringify({ ...write, args })];
      const { code, stdout, stderr } = await temporal.run('activity', 'execute', ...how, ...input);
      assert.notEqual(code, 0);
      assert.match(stdout + stderr, /runTool runs for workflows of the type persistentAgent only/);
    }
    assert.ok(!existsSync(join(stage.workspace, args.path)));
  });

  it('is none the worse for all of that', async () => {
    const approval = await approvalOf('pestered');
    await temporal.update('pestered', 'decide', { approval, decision: 'respond', by: 'ann', message: 'red' });
    await assertEnds('pestered', { status: 'completed', result: 'unharmed' });
  });
});
