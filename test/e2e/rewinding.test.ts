import assert from 'node:assert/strict';
import { readAgentRun } from '../../src/client/agent-history.ts';
import { compareAudit } from '../../src/client/audit-compare.ts';
import type { Undone } from '../../src/contracts/rewind.ts';
import { statusDocument } from '../../src/core/status-document.ts';
import { chained, noLines } from '../../src/storage/audit-chain.ts';
import { checkLines } from '../../src/storage/audit-check.ts';
import { calls, finish, type ModelSwitch, type Step, switchOfModels } from '../support/models.ts';
import { Stage, until } from '../support/stage.ts';

const definition = `model: unused
tools:
  write_file: [{ when: "args.path == 'free.txt'", mode: auto }, { mode: approve }]
  wait_for_event: auto
  note: auto
  finish: auto
---
Write.`;
const write = (path: string): Step => calls(['write_file', { path, content: path }]);
const wait = calls(['wait_for_event', { name: 'go' }]);
const week = 7 * 86_400_000;

describe('an agent that goes back', () => {
  let models: ModelSwitch;
  let stage: Stage;

  before(async () => {
    models = await switchOfModels({
      back: {
        script: [write('free.txt'), write('asked.txt'), wait, write('other.txt'), finish('again')],
      },
      over: { script: [calls(['note', { text: 'a' }]), finish('first'), finish('second')] },
      raw: { script: [calls(['note', { text: 'a' }]), write('one.txt'), write('two.txt'), wait, wait] },
      // What it asks first after the reset is what it asked first before.
      zero: { script: [write('one.txt'), write('two.txt'), write('one.txt'), finish('anew')] },
    });
    stage = await Stage.create({ modelUrl: models.url, definitions: { clerk: definition } });
  });
  after(async () => {
    await stage.dispose();
    await models.close();
  });

  const start = (id: string) => stage.gateway.start({ agent: 'clerk', model: id }, { id });
  const asked = (id: string) => stage.untilStatus(id, ({ approvals }) => approvals.length === 1);

  /** What a worker says is what the history says. */
  async function assertFolds(id: string): Promise<void> {
    const told = await stage.gateway.status(id);
    const { record, runId } = await readAgentRun(stage.access, id);
    assert.deepEqual(statusDocument(record.state), told);
    assert.equal(runId, (await stage.client.workflow.getHandle(id).describe()).runId);
  }

  it('goes on from there, once people know what they leave behind', async () => {
    await start('back');
    const { approvals } = await asked('back');
    await stage.gateway.send('back', 'decide', {
      ...{ approval: approvals[0]?.id, decision: 'approve', by: 'ann' },
    });
    await stage.untilStatus('back', ({ turn, status }) => turn === 3 && status === 'waiting');
    const tooLate = stage.gateway.rewind('back', 1, {
      by: 'carla',
      agree: async () => {
        await stage.gateway.send('back', 'message', { text: 'soon', by: 'bert' });
        return true;
      },
    });
    await assert.rejects(tooLate, /has done more meanwhile/);
    const seen: Undone[] = [];
    const rewind = (agree: boolean) =>
      stage.gateway.rewind('back', 1, {
        ...{ by: 'carla', reason: 'wrong file' },
        agree: (undone) => {
          seen.push(undone);
          return agree;
        },
      });
    assert.equal(await rewind(false), undefined);
    assert.equal((await stage.gateway.status('back')).turn, 3);
    const rewound = await rewind(true);
    assert.deepEqual(seen[0], seen[1]);
    assert.deepEqual(rewound?.undone, seen[1]);
    const { effects, decisions, messages } = seen[0] ?? assert.fail();
    assert.deepEqual(
      effects.map(({ turn, tool, args }) => [turn, tool, args['path']]),
      [[2, 'write_file', 'asked.txt']],
    );
    assert.deepEqual([decisions.map(({ by }) => by), messages], [['ann'], 1]);
    const now = await asked('back');
    assert.equal(now.turn, 2);
    assert.deepEqual(now.approvals[0]?.args, { path: 'other.txt', content: 'other.txt' });
    assert.deepEqual(now.queued, { messages: 0, events: 0 });
    const { transitions } = await stage.gateway.transitions('back');
    assert.ok(transitions.some(({ cause }) => cause.startsWith('reset to this moment')));
    await assertFolds('back');
    await stage.gateway.send('back', 'decide', {
      ...{ approval: now.approvals[0].id, decision: 'approve', by: 'ann' },
    });
    assert.deepEqual(await stage.gateway.result('back'), { status: 'completed', result: 'again' });
    await assertFolds('back');
  });

  it('may have ended before, and have gone back before', async () => {
    await start('over');
    assert.deepEqual(await stage.gateway.result('over'), { status: 'completed', result: 'first' });
    const audited = await stage.gateway.audit('over', false);
    const agree = () => assert.fail('there is nothing to leave behind');
    assert.ok(await stage.gateway.rewind('over', 1, { by: 'carla', agree }));
    await until('it has ended once more', async () => {
      const { result } = await stage.gateway.status('over');
      return result === 'second';
    });
    await assert.rejects(stage.gateway.rewind('over', 7, { by: 'carla', agree }), /turn 7 has not ended/);
    await assertFolds('over');
    // The run that was left behind is still there to compare an audit of it with.
    const entries = audited.runs.flatMap((run) => run.entries);
    const { lines } = checkLines(Buffer.from(chained(entries, noLines).text));
    const now = await stage.gateway.audit('over', false, ['../x', ...audited.runs.map(({ runId }) => runId)]);
    const [missing, ...others] = compareAudit(lines, now).problems;
    assert.deepEqual([now.leftBehind.length, compareAudit(lines, now).unknown, others], [1, 0, []]);
    assert.match(missing?.problem ?? '', /lines of the history are not in the file/);
    const forged = lines.map((line, at) =>
      at === 3 ? { ...line, entry: { ...line.entry, turn: 9 } } : line,
    );
    assert.equal(compareAudit(forged, now).problems[0]?.line, 4);
    const invented = chained(
      [{ ...entries[0], run: 'of-nobody', what: 'approval.decided' }],
      checkLines(Buffer.from(chained(entries, noLines).text)).head,
    );
    const more = [
      ...lines,
      ...checkLines(Buffer.from(chained(entries, noLines).text + invented.text)).lines.slice(lines.length),
    ];
    const found = compareAudit(more, now);
    assert.equal(found.unknown, 1);
    assert.deepEqual(
      found.problems.find(({ line }) => line === more.length),
      {
        line: more.length,
        problem: 'is of run of-nobody, which is none of over',
      },
    );
  });

  it('by a raw reset is told again what people said, and takes no leave from it', async () => {
    await start('raw');
    const { approvals } = await asked('raw');
    const handle = stage.client.workflow.getHandle('raw');
    await handle.signal('grant', {
      ...{ tool: 'write_file', until: new Date(Date.now() + week).toISOString(), by: 'ann' },
    });
    await handle.signal('decide', { approval: approvals[0]?.id, decision: 'approve', by: 'ann' });
    await stage.untilStatus('raw', ({ turn, status }) => turn === 4 && status === 'waiting');
    await handle.signal('message', { text: 'soon', by: 'bert' });
    const { events } = await handle.fetchHistory();
    const told = events?.findIndex((event) => event.workflowExecutionSignaledEventAttributes) ?? -1;
    // The task that asked for leave: it is done over, and what follows it in the history is told again.
    const task = events?.slice(0, told).findLast((event) => event.workflowTaskCompletedEventAttributes);
    assert.ok(task?.eventId);
    await stage.client.workflowService.resetWorkflowExecution({
      ...{ namespace: stage.namespace, workflowExecution: { workflowId: 'raw' }, reason: 'raw' },
      ...{ workflowTaskFinishEventId: task.eventId, requestId: 'raw' },
    });
    const status = await stage.untilStatus(
      'raw',
      ({ approvals, queued }) => approvals.length === 1 && queued.messages === 1,
    );
    assert.equal(status.turn, 2);
    assert.deepEqual(status.grants, undefined);
    const { transitions } = await stage.gateway.transitions('raw');
    const refused = transitions.filter(({ cause }) => /^(decide|grant) refused: /.test(cause));
    assert.equal(refused.length, 2, JSON.stringify(transitions));
    await assertFolds('raw');
    await stage.worker.stop();
    await stage.startWorker();
    await assertFolds('raw');
    const [again] = status.approvals;
    await stage.gateway.send('raw', 'decide', { approval: again?.id, decision: 'reject', by: 'ann' });
    await stage.untilStatus('raw', ({ turn, status: is }) => turn === 3 && is === 'waiting');
    await assertFolds('raw');
  });

  it('by a raw reset to its very first task begins anew, and takes no leave from what people said', async () => {
    await start('zero');
    const [first] = (await asked('zero')).approvals;
    assert.ok(first);
    const handle = stage.client.workflow.getHandle('zero');
    await handle.signal('decide', { approval: first.id, decision: 'approve', by: 'ann' });
    await stage.untilStatus('zero', ({ turn, approvals }) => turn === 2 && approvals.length === 1);
    await handle.signal('grant', {
      ...{ tool: 'write_file', until: new Date(Date.now() + week).toISOString(), by: 'ann' },
    });
    await stage.untilStatus('zero', ({ grants }) => grants?.length === 1);
    const { events } = await handle.fetchHistory();
    const task = events?.find((event) => event.workflowTaskCompletedEventAttributes);
    assert.ok(task?.eventId);
    await stage.client.workflowService.resetWorkflowExecution({
      ...{ namespace: stage.namespace, workflowExecution: { workflowId: 'zero' }, reason: 'zero' },
      ...{ workflowTaskFinishEventId: task.eventId, requestId: 'zero' },
    });
    const { turn, grants, approvals } = await stage.untilStatus(
      'zero',
      (status) => status.turn === 1 && status.approvals.length === 1,
    );
    assert.deepEqual(
      [turn, grants, approvals[0]?.id],
      [1, undefined, first.id],
      'the same question is open again',
    );
    const { transitions } = await stage.gateway.transitions('zero');
    assert.ok(transitions.some(({ cause }) => cause.startsWith('reset to this moment')));
    const refused = transitions.filter(({ cause }) => /^(decide|grant) refused: /.test(cause));
    assert.equal(refused.length, 2, JSON.stringify(transitions));
    await assertFolds('zero');
    await stage.gateway.send('zero', 'decide', { approval: first.id, decision: 'approve', by: 'bert' });
    assert.deepEqual(await stage.gateway.result('zero'), { status: 'completed', result: 'anew' });
    await assertFolds('zero');
  });
});
