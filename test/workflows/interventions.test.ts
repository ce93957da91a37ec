import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WorkflowFailedError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { AgentLab, calls, finish, type LabAgent, type Step } from '../support/agent-lab.ts';

const tools = 'tools: { note: auto, ask_human: auto, write_file: approve, finish: auto }';

/** A model call that ends when the test says so. */
function gate(answer: Step): { step: Step; asked: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  let ask = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  const asked = new Promise<void>((resolve) => (ask = resolve));
  const step: Step = async (request) => {
    ask();
    await opened;
    return typeof answer === 'function' ? answer(request) : answer;
  };
  return {
    step,
    asked,
    open: () => {
      open();
    },
  };
}

async function refused(promise: Promise<unknown>, type: string): Promise<string> {
  const error: unknown = await promise.then(
    () => assert.fail('it was accepted'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure);
  assert.equal(error.cause.type, type);
  return error.cause.message;
}

describe('interventions', function () {
  this.timeout(60_000);
  let lab: AgentLab;
  before(async () => {
    lab = await AgentLab.create();
  });
  after(() => lab.dispose());

  const openApproval = async (agent: LabAgent) => {
    const { approvals } = await agent.until((status) => status.approvals.length > 0);
    const [approval] = approvals;
    assert.ok(approval);
    return approval;
  };

  it('pauses while a model call is in flight: the reply is recorded, nothing new starts until resume', async () => {
    const first = gate(calls(['note', { text: 'a' }]));
    const agent = await lab.start(tools, [first.step, finish()]);
    await first.asked;
    assert.equal((await agent.send('pause', { by: 'anna', reason: 'lunch' })).status, 'paused');
    first.open();
    const paused = await agent.until(({ notes }) => notes.length === 1);
    assert.equal(paused.status, 'paused');
    assert.equal(paused.paused?.reason, 'lunch');
    assert.equal(agent.script.length, 1, 'the next turn has not been asked for');
    await agent.send('resume', { by: 'anna' });
    await agent.handle.result();
  });

  it('stops after the call in flight', async () => {
    const first = gate(calls(['note', { text: 'a' }]));
    const agent = await lab.start(tools, [first.step, finish()]);
    await first.asked;
    assert.equal((await agent.send('stop', { by: 'anna', reason: 'enough' })).status, 'closing');
    first.open();
    const result = (await agent.handle.result()) as { status: string; reason: string };
    assert.deepEqual([result.status, result.reason], ['cancelled', 'stopped by anna: enough']);
    assert.deepEqual((await agent.status()).notes, ['a']);
  });

  it('is cancelled through Temporal at once, with its approvals withdrawn', async () => {
    const agent = await lab.start(tools, [calls(['write_file', { path: 'a', content: 'b' }])]);
    await openApproval(agent);
    await agent.handle.cancel();
    await assert.rejects(agent.handle.result(), (error) => {
      assert.ok(error instanceof WorkflowFailedError && error.cause instanceof CancelledFailure);
      return true;
    });
    const ended = await agent.status();
    assert.deepEqual([ended.status, ended.approvals], ['cancelled', []]);
  });

  it('decides an approval once; a repeat is answered alike, another decision names who was first', async () => {
    const agent = await lab.start(tools, [
      calls(['write_file', { path: 'once.txt', content: 'x' }], ['ask_human', { question: 'Go on?' }]),
      finish(),
    ]);
    const both = await agent.until((status) => status.approvals.length === 2);
    const approval = both.approvals.find(({ tool }) => tool === 'write_file');
    assert.ok(approval);
    const decide = { approval: approval.id, decision: 'approve', by: 'anna', revision: approval.revision };
    await agent.send('decide', decide);
    await agent.send('decide', decide);
    const message = await refused(
      agent.send('decide', { ...decide, decision: 'reject', by: 'bert' }),
      'Conflict',
    );
    assert.match(message, /anna/);
    const { approvals } = await agent.until((status) => status.calls.length === 0);
    await agent.send('decide', {
      approval: approvals[0]?.id,
      decision: 'respond',
      by: 'bert',
      message: 'yes',
    });
    await agent.handle.result();
  });

  it('runs edited arguments, and refuses edits that do not fit the tool', async () => {
    const agent = await lab.start(tools, [calls(['write_file', { path: 'a.txt', content: 'x' }]), finish()]);
    const approval = await openApproval(agent);
    const edit = { approval: approval.id, decision: 'edit', by: 'anna' };
    assert.match(await refused(agent.send('decide', { ...edit, args: { path: 1 } }), 'Invalid'), /path/);
    await agent.send('decide', { ...edit, args: { path: 'b.txt', content: 'y' } });
    await agent.handle.result();
    assert.equal(readFileSync(join(lab.folder, 'b.txt'), 'utf8'), 'y');
  });

  it('refuses a stale revision and keeps a message that comes as the agent wants to finish', async () => {
    const last = gate(finish('too early'));
    const agent = await lab.start(tools, [last.step, finish('after reading')]);
    await last.asked;
    await refused(agent.send('message', { text: 'x', by: 'anna', revision: 999 }), 'Conflict');
    await agent.send('message', { text: 'one more thing', by: 'anna', id: 'm1' });
    await agent.send('message', { text: 'one more thing', by: 'anna', id: 'm1' });
    last.open();
    const result = (await agent.handle.result()) as { result: string };
    assert.equal(result.result, 'after reading');
  });

  it('shows malformed and unknown messages and is not harmed by them', async () => {
    const agent = await lab.start(tools, [calls(['ask_human', { question: '?' }]), finish()]);
    const approval = await openApproval(agent);
    await agent.handle.signal('decide', { approval: approval.id, decision: 'approve' });
    await agent.handle.signal('decide', 'nonsense', 3);
    await agent.handle.signal('message');
    await agent.handle.signal('no-such-signal', {});
    await refused(agent.send('no-such-update', {}), 'NotFound');
    await refused(agent.send('decide', { approval: 'x', decision: 'approve', by: 'anna' }), 'NotFound');
    const { transitions } = await agent.handle.query<{ transitions: { cause: string }[] }>('transitions');
    assert.equal(transitions.filter(({ cause }) => cause.includes('refused')).length, 4);
    await agent.handle.signal('decide', {
      approval: approval.id,
      decision: 'respond',
      by: 'anna',
      message: 'ok',
    });
    await agent.handle.result();
  });

  it('answers for the state at each turn, and names the ones it does not have', async () => {
    const agent = await lab.start(tools, [
      calls(['note', { text: 'a' }]),
      calls(['note', { text: 'b' }]),
      finish(),
    ]);
    await agent.handle.result();
    const notes = async (turn: number) =>
      (await agent.handle.query<{ notes: string[] }, [object]>('stateAt', { turn })).notes;
    assert.deepEqual([await notes(0), await notes(1), await notes(2)], [[], ['a'], ['a', 'b']]);
    await assert.rejects(notes(9), /not ended yet/);
  });
});
