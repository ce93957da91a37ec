import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AgentDifference } from '../../src/contracts/difference.ts';
import { StatusDocument } from '../../src/contracts/status.ts';
import { type Ended, PerdureCli } from '../support/cli.ts';
import { calls, finish, type ModelSwitch, type Step, switchOfModels } from '../support/models.ts';
import { Stage, until } from '../support/stage.ts';

const write: Step = calls(['write_file', { path: 'a.txt', content: 'as proposed' }]);
const ask: Step = calls(['ask_human', { question: 'Which colour?', choices: ['red', 'blue'] }]);
const wait: Step = calls(['wait_for_event', { name: 'delivery' }]);

/** One agent for each row; its model is called like it. */
const scripts: Readonly<Record<string, readonly Step[]>> = {
  waited: [calls(['note', { text: 'one' }]), finish({ paid: 3 })],
  spelled: [finish('from stdin')],
  'told-to-stop': [wait],
  approved: [write, finish('written')],
  edited: [write, finish('written')],
  rejected: [write, finish('not written')],
  answered: [ask, finish('blue it is')],
  ignored: [ask, finish('no answer')],
  listener: [wait, finish('heard')],
  sleeper: [wait, finish('went on')],
  doomed: [wait],
  poor: [calls(['note', { text: '1' }]), finish('rich again')],
};

const definition = `model: unused
tools: { write_file: approve, ask_human: auto, wait_for_event: auto, note: auto, finish: auto }
---
Do as you are told.`;

/** What stdout of a command with `--json` must be: one document, whatever else is said. */
function statusOf({ code, stdout, stderr }: Ended): StatusDocument {
  assert.equal(code, 0, stderr);
  return StatusDocument.parse(JSON.parse(stdout));
}

function assertFails({ code, stdout, stderr }: Ended, expected: number, says: RegExp): void {
  assert.deepEqual([code, stdout], [expected, ''], stderr);
  assert.match(stderr, says);
}

describe('the command line with agents at work', () => {
  let models: ModelSwitch;
  let stage: Stage;
  let cli: PerdureCli;

  before(async () => {
    const described = Object.entries(scripts).map(([name, script]) => [name, { script }] as const);
    models = await switchOfModels(Object.fromEntries(described));
    stage = await Stage.create({ modelUrl: models.url, definitions: { clerk: definition } });
    cli = await PerdureCli.create(stage.environment);
  });
  after(async () => {
    await cli.dispose();
    await stage.dispose();
    await models.close();
  });

  async function start(id: string, ...more: string[]): Promise<void> {
    const { code, stderr } = await cli.run(['start', 'clerk', 'Go.', '--id', id, '--model', id, ...more]);
    assert.deepEqual([code, stderr], [0, '']);
  }

  const waiting = (id: string): Promise<StatusDocument> =>
    stage.untilStatus(id, ({ status }) => status === 'waiting');

  /** Starts an agent that asks, and gives its question. */
  async function asked(id: string): Promise<StatusDocument['approvals'][number]> {
    await start(id);
    const { approvals } = await waiting(id);
    assert.equal(approvals.length, 1);
    return approvals[0]!;
  }

  async function assertEnds(id: string, result: string): Promise<void> {
    assert.deepEqual(await stage.gateway.result(id), { status: 'completed', result });
    assert.deepEqual(models.complaints(id), []);
  }

  it('starts an agent, waits for its end and prints its result alone', async () => {
    const { code, stdout, stderr } = await cli.run([
      'start',
      'clerk',
      'Go.',
      '--id',
      'waited',
      '--model',
      'waited',
      '--wait',
      '--label',
      'team=desk',
    ]);
    assert.deepEqual([code, JSON.parse(stdout)], [0, { paid: 3 }]);
    assert.match(stderr, /waited started; waiting for its end/);
    const shown = await cli.run(['show', 'waited']);
    assert.match(shown.stdout, /^waited is completed .*\n {2}definition {2}clerk/);
    assert.match(shown.stdout, /requester {3}ann \(unverified\)\n {2}labels {6}team=desk\n/);
  });

  it('reads the goal from stdin, and gives one document with --json', async () => {
    const words = ['start', 'clerk', '-', '--id', 'spelled', '--model', 'spelled', '--wait', '--json'];
    const { code, stdout } = await cli.run(words, { stdin: 'Do it\nwell.\n' });
    const { agent, status, result } = JSON.parse(stdout) as Record<string, unknown>;
    assert.deepEqual([code, agent, status, result], [0, 'spelled', 'completed', 'from stdin']);
    const { input } = statusOf(await cli.run(['show', 'spelled', '--json']));
    assert.equal(input, 'Do it\nwell.');
  });

  it('exits 1 when the agent that is waited for fails or is stopped', async () => {
    const failed = await cli.run(['start', 'nobody', 'Go.', '--id', 'misnamed', '--wait']);
    assert.equal(failed.code, 1);
    assert.match(failed.stdout, /^failed: NotFound: /);
    const stopped = cli.watch([
      'start',
      'clerk',
      'Go.',
      '--id',
      'told-to-stop',
      '--model',
      'told-to-stop',
      '--wait',
    ]);
    await until(
      'it waits',
      async () => (await stage.statusIfAnswered('told-to-stop').catch(() => undefined))?.status === 'waiting',
    );
    statusOf(await cli.run(['stop', 'told-to-stop', '--reason', 'enough', '--json']));
    const { code, stdout } = await stopped.ended;
    assert.deepEqual([code, stdout], [1, 'cancelled: stopped by ann: enough\n']);
  });

  it('exits 2 for what is wrong in an argument', async () => {
    assertFails(
      await cli.run(['start', 'clerk', 'Go.', '--budget-usd', '-1']),
      2,
      /must be a number above 0/,
    );
    assertFails(await cli.run(['list', '--status', 'happy']), 2, /Allowed choices are running, /);
    assertFails(await cli.run(['list', '--waiting-for', 'godot']), 2, /Allowed choices are approval, /);
    assertFails(await cli.run(['list', '--query', 'nonsense =']), 2, /refused the request/);
  });

  it('exits 3 for what is not there', async () => {
    for (const command of ['show', 'why', 'watch', 'transcript', 'approvals', 'pause', 'resume', 'stop'])
      assertFails(await cli.run([command, 'nobody']), 3, /no agent with the id nobody/);
    assertFails(await cli.run(['say', 'nobody', 'hello']), 3, /nobody/);
    assertFails(await cli.run(['event', 'nobody', 'delivery']), 3, /nobody/);
    assertFails(await cli.run(['extend', 'nobody', '--turns', '1']), 3, /nobody/);
    assertFails(await cli.run(['cancel', 'nobody', '--yes']), 3, /nobody/);
  });

  it('approves, but only what it looked at', async () => {
    const { id, revision } = await asked('approved');
    assertFails(await cli.run(['start', 'clerk', 'Go.', '--id', 'approved']), 4, /already running/);
    const stale = await cli.run(['approve', 'approved', id, '--revision', String(revision + 1)]);
    assertFails(stale, 4, /is at revision 1, the decision was based on 2/);
    assertFails(await cli.run(['approve', 'approved', 't9-9-000000']), 3, new RegExp(`open are: ${id}`));
    const done = await cli.run(['approve', 'approved', id, '--revision', String(revision), '--json']);
    assert.deepEqual(statusOf(done).approvals, []);
    await assertEnds('approved', 'written');
    assertFails(await cli.run(['approve', 'approved', id]), 4, /has ended \(completed/);
    assertFails(await cli.run(['say', 'approved', 'Still there?', '--json']), 4, /"code":"Closed"/);
    const transcript = (await cli.run(['transcript', 'approved'])).stdout;
    assert.match(transcript, /^\[1\] → write_file path=a\.txt content="as proposed"$/m);
    assert.match(transcript, /^\[1\] {3}✓ write_file /m);
    const { entries } = (await cli.json(['transcript', 'approved', '--from', '2'])) as {
      entries: { turn: number }[];
    };
    assert.ok(entries.length > 0 && entries.every(({ turn }) => turn >= 2));
  });

  it('edits, with arguments that are checked', async () => {
    const { id } = await asked('edited');
    const edit = (args: string): Promise<Ended> => cli.run(['edit', 'edited', id, '--args', args, '--json']);
    assertFails(await edit('{"path":7}'), 2, /args: /);
    statusOf(await edit('{"path":"b.txt","content":"as edited"}'));
    await assertEnds('edited', 'written');
    assert.equal(readFileSync(join(stage.workspace, 'b.txt'), 'utf8'), 'as edited');
  });

  it('tells what happened, why a call was made, and where two agents part', async () => {
    const followed = await cli.run(['timeline', 'edited', '--follow']);
    assert.equal(followed.code, 0, followed.stderr);
    const whole = await cli.run(['timeline', 'edited']);
    for (const text of [followed.stdout, whole.stdout]) {
      assert.match(text, /✓ 1\.1 write_file path=b\.txt/);
      assert.ok(text.split('\n').every((line) => line.length <= 80));
    }
    const calls = ['timeline', 'edited', '--kind', 'call', '--search', 'B.TXT', '-o', 'jsonl'];
    const found = await cli.run(calls);
    assert.deepEqual([found.code, found.stdout.trim().split('\n').length], [0, 1]);
    assert.match((await cli.run(['timeline', 'edited', '--mermaid'])).stdout, /^sequenceDiagram\n/);
    const explained = await cli.run(['explain', 'edited', '1.1']);
    assert.match(explained.stdout, /policy +approve, by rule 1: always/);
    assert.match(explained.stdout, /edited +path=b\.txt/);
    assertFails(await cli.run(['explain', 'edited', '1.7']), 3, /turn 1 has 1\.1 write_file/);
    assertFails(await cli.run(['explain', 'edited', 'write_file']), 2, /names no call/);
    const first = Number(/r(\d+) starting → thinking/.exec(whole.stdout)?.[1]);
    const changes = await cli.run(['state', `edited@r${first}`, 'edited@1']);
    assert.match(changes.stdout, /~ \/turn 1 → 2/);
    const parted = await cli.json(['diff', 'edited', 'approved']);
    assert.deepEqual(AgentDifference.parse(parted).parting?.one, 1);
  });

  it('rejects with a reason that the agent reads', async () => {
    const { id } = await asked('rejected');
    const { code, stdout } = await cli.run(['reject', 'rejected', id, '-m', 'not on a Friday']);
    assert.equal(code, 0);
    assert.match(stdout, /^rejected is \w+/);
    await assertEnds('rejected', 'not written');
    assert.match((await cli.run(['transcript', 'rejected'])).stdout, /✗ write_file .*not on a Friday/);
  });

  it('lists who waits, and answers in place of the call', async () => {
    const { id } = await asked('answered');
    const listed = async (...flags: string[]): Promise<string[]> => {
      const agents = (await cli.json(['list', ...flags])) as { agent: string }[];
      return agents.map(({ agent }) => agent);
    };
    await until('it is listed', async () => (await listed('--waiting-for', 'input')).includes('answered'));
    assert.ok((await listed('--status', 'waiting', '--definition', 'clerk')).includes('answered'));
    assert.ok(!(await listed('--status', 'completed')).includes('answered'));
    assert.match((await cli.run(['list'])).stdout, /^answered +waiting +input +1 +clerk +.* ago$/m);
    for (const words of [['approvals'], ['approvals', 'answered']]) {
      const { stdout } = await cli.run(words);
      assert.match(stdout, new RegExp(`^answered ${id}: Which colour\\?$`, 'm'));
      assert.match(stdout, /^ {2}choices {2}red, blue$/m);
    }
    assertFails(await cli.run(['approve', 'answered', id]), 2, /approve does not fit/);
    assert.equal((await cli.run(['respond', 'answered', id, '-m', 'blue'])).code, 0);
    await assertEnds('answered', 'blue it is');
  });

  it('lets the agent go on without an answer', async () => {
    const { id } = await asked('ignored');
    assert.equal((await cli.run(['ignore', 'ignored', id])).code, 0);
    await assertEnds('ignored', 'no answer');
  });

  it('says a thing once although it is sent twice, and reports an event with a payload', async () => {
    await start('listener');
    const before = await waiting('listener');
    const say = ['say', 'listener', 'Good morning', '--message-id', 'm1', '--json'];
    assert.equal(statusOf(await cli.run(say)).queued.messages, 1);
    assert.equal(statusOf(await cli.run(say)).queued.messages, 1);
    const stale = ['say', 'listener', 'Late', '--revision', String(before.revision)];
    assertFails(await cli.run(stale), 4, /revision/);
    statusOf(await cli.run(['event', 'listener', 'delivery', '{"box":7}', '--json']));
    await assertEnds('listener', 'heard');
    const { stdout } = await cli.run(['transcript', 'listener']);
    assert.equal(stdout.match(/ann \(unverified\): Good morning/g)?.length, 1, stdout);
    assert.match(stdout, /✓ wait_for_event .*payload=\{box=7\}/);
  });

  it('pauses and resumes', async () => {
    await start('sleeper');
    await waiting('sleeper');
    const paused = statusOf(
      await cli.run(['pause', 'sleeper', '--reason', 'lunch', '--by', 'bob', '--json']),
    );
    assert.deepEqual([paused.paused?.by, paused.paused?.reason], ['bob', 'lunch']);
    assert.match((await cli.run(['show', 'sleeper'])).stdout, /paused {6}by bob \(unverified\) at .*: lunch/);
    statusOf(await cli.run(['event', 'sleeper', 'delivery', '--json']));
    assert.equal((await stage.untilStatus('sleeper', ({ turn }) => turn === 2)).status, 'paused');
    statusOf(await cli.run(['resume', 'sleeper', '--json']));
    await assertEnds('sleeper', 'went on');
  });

  it('cancels only when that is confirmed', async () => {
    await start('doomed');
    await waiting('doomed');
    assertFails(await cli.run(['cancel', 'doomed']), 2, /Run: perdure cancel doomed --yes/);
    assert.deepEqual(await cli.json(['cancel', 'doomed', '--yes']), {
      agent: 'doomed',
      cancelRequested: true,
    });
    assert.equal((await stage.gateway.result('doomed')).status, 'cancelled');
    assertFails(await cli.run(['cancel', 'doomed', '--yes']), 4, /has ended/);
  });

  it('extends the budget', async () => {
    await start('poor', '--budget-turns', '1');
    const { interruptions } = await waiting('poor');
    assert.equal(interruptions[0]?.kind, 'budget');
    assertFails(await cli.run(['extend', 'poor']), 2, /at least one of/);
    statusOf(await cli.run(['extend', 'poor', '--turns', '5', '--json']));
    await assertEnds('poor', 'rich again');
  });

  it("is found by Temporal's own tool, and by the name that npm links", async () => {
    const linked = await cli.line('temporal-perdure --help');
    assert.match(linked.stdout, /Usage: temporal-perdure/);
    const within = await cli.line('temporal perdure show waited --json');
    assert.equal(statusOf(within).agent, 'waited');
  });
});
