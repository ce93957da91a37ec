import assert from 'node:assert/strict';
import { readAgentRun } from '../../src/client/agent-history.ts';
import { AgentState } from '../../src/contracts/state.ts';
import { StatusDocument, TranscriptPage, TransitionsPage } from '../../src/contracts/status.ts';
import { stateAtTurn, transcriptPage, transitionsPage } from '../../src/core/run-views.ts';
import { statusDocument } from '../../src/core/status-document.ts';
import { PerdureCli } from '../support/cli.ts';
import { calls, finish, type ModelSwitch, type Step, switchOfModels } from '../support/models.ts';
import { Stage } from '../support/stage.ts';

const definitions = {
  clerk: `model: unused
tools: { list_files: auto, note: auto, write_file: approve, wait_for_event: auto, sleep_until: auto, finish: auto }
---
Do as you are told.`,
  stepper: `model: unused
checkpoints: each
tools: { list_files: auto, note: auto, read_file: auto, finish: auto }
---
Do as you are told.`,
};
const noted = (turn: number): Step =>
  calls(['note', { text: `turn ${turn}` }], ['list_files', { path: '.' }], ['list_files', { path: '.' }]);
const busyTurns = 30;

/** Read together in a local step, while messages come and somebody asks for the status. */
const looking: Step = calls(['list_files', { path: '.' }], ['list_files', { path: '.' }]);

// They may want to end while there is still something to read.
const finishes = Array.from({ length: busyTurns }, () => finish());

const scripts: Record<string, readonly Step[]> = {
  busy: [...Array.from({ length: busyTurns }, (_, turn) => noted(turn)), ...finishes],
  batcher: [...Array.from({ length: busyTurns }, () => looking), ...finishes],
  sleeper: [
    ...Array.from({ length: 6 }, (_, turn) =>
      calls(['sleep_until', { after: '1s' }], ['wait_for_event', { name: `e${turn}`, timeout: '1s' }]),
    ),
    calls(['write_file', { path: 'a.txt', content: 'a' }], ['write_file', { path: 'b.txt', content: 'b' }]),
    finish('written'),
  ],
  asker: [calls(['note', { text: 'one' }]), calls(['write_file', { path: 'c.txt', content: 'c' }]), finish()],
};

/** Everything that can be known of an agent without its worker is what its worker says. */
describe('an agent whose worker is gone', () => {
  let models: ModelSwitch;
  let stage: Stage;
  let cli: PerdureCli;

  before(async () => {
    models = await switchOfModels(
      Object.fromEntries(Object.entries(scripts).map(([name, script]) => [name, { script: [...script] }])),
    );
    stage = await Stage.create({
      modelUrl: models.url,
      definitions,
      dynamicConfig: { 'limit.historyCount.suggestContinueAsNew': 150 },
    });
    cli = await PerdureCli.create(stage.environment);
  });
  after(async () => {
    await cli.dispose();
    await stage.dispose();
    await models.close();
  });

  async function runsOf(id: string): Promise<string[]> {
    const ids: string[] = [];
    for (let runId: string | undefined; ;) {
      const run = await readAgentRun(stage.access, id, runId);
      ids.push(run.runId);
      if (run.previousRunId === undefined) return ids;
      runId = run.previousRunId;
    }
  }

  /** Compares all that a run's worker answers with what its history gives. */
  async function assertSame(id: string, runId: string): Promise<void> {
    const { record, previousRunId } = await readAgentRun(stage.access, id, runId);
    const handle = stage.client.workflow.getHandle(id, runId);
    const ask = (name: string, argument?: object) => handle.query<unknown, unknown[]>(name, argument);
    const plain = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown;
    assert.deepEqual(plain(statusDocument(record.state)), StatusDocument.parse(await ask('status')));
    assert.deepEqual(
      plain(transcriptPage(record, {}, previousRunId)),
      TranscriptPage.parse(await ask('transcript')),
    );
    assert.deepEqual(plain(transitionsPage(record)), TransitionsPage.parse(await ask('transitions')));
    for (let turn = record.initial.checkpoint; turn <= record.state.checkpoint; turn += 1) {
      const found = stateAtTurn(record, turn, previousRunId);
      assert.ok(found.ok);
      assert.deepEqual(plain(found.state), AgentState.parse(await ask('stateAt', { turn })));
    }
  }

  it('is the same as with one, through many runs and while messages of both kinds keep coming', async () => {
    const { gateway, client } = stage;
    for (const [id, agent] of [
      ['busy', 'stepper'],
      ['batcher', 'clerk'],
      ['sleeper', 'clerk'],
    ] as const)
      await gateway.start({ agent, input: 'Go.', model: id }, { id });
    const flood = async (id: string, isOver: () => boolean): Promise<void> => {
      const handle = client.workflow.getHandle(id);
      for (let index = 0; !isOver(); index += 1) {
        const message = { text: `${index}`, by: 'ann', id: `m${index}` };
        await Promise.allSettled([
          handle.signal('event', { name: `e${index % 6}`, id: `e${index}` }),
          handle.executeUpdate('message', { args: [message] }),
          handle.signal('pause', { by: 'ann' }),
          handle.signal('no such message'),
          handle.query('status'),
          handle.executeUpdate('resume', { args: [{ by: 'ann' }] }),
        ]);
        await handle.signal('resume', { by: 'ann' }).catch(() => undefined);
      }
    };
    /** Its end is not reached in a flood, so that there is always something left of its script. */
    const floodUntilHalf = async (id: string): Promise<void> => {
      let isOver = false;
      const flooding = flood(id, () => isOver);
      await stage.untilStatus(id, ({ turn }) => turn > 12);
      isOver = true;
      await flooding;
    };
    await Promise.all(['busy', 'batcher'].map(floodUntilHalf));
    await stage.untilStatus('sleeper', ({ approvals }) => approvals.length > 0);
    for (const id of ['busy', 'batcher'])
      await stage.untilStatus(id, ({ status }) => ['completed', 'failed'].includes(status));
    for (const id of ['busy', 'batcher', 'sleeper'])
      for (const runId of await runsOf(id)) await assertSame(id, runId);
    assert.ok((await runsOf('busy')).length > 1);
  });

  it('is shown by the command line, with a word about where that comes from', async () => {
    const { gateway } = stage;
    await gateway.start({ agent: 'clerk', input: 'Go.', model: 'asker' }, { id: 'asker' });
    await stage.untilStatus('asker', ({ approvals }) => approvals.length === 1);
    const commands = [
      ['show', 'asker'],
      ['why', 'asker'],
      ['transcript', 'asker'],
      ['transcript', 'busy'],
      ['show', 'asker@1'],
      ['show', 'busy@3'],
    ];
    const withWorker = await Promise.all(commands.map((command) => cli.json(command)));
    await stage.killWorker();
    for (const [index, command] of commands.entries()) {
      const { code, stdout, stderr } = await cli.run([...command, '--json']);
      assert.equal(code, 0, stderr);
      // A worker that was killed is missed only when its last poll would have ended.
      const { trouble: _missed, ...document } = JSON.parse(stdout) as Record<string, unknown>;
      assert.deepEqual(document, withWorker[index]);
      assert.match(stderr, command[1]?.includes('@') === true ? /^$/ : /So this was read from the history/);
    }
    const lines = (await cli.run(['audit', 'busy'])).stdout.trimEnd().split('\n');
    assert.deepEqual(
      await cli.json(['audit', 'busy']),
      lines.map((line) => JSON.parse(line) as unknown),
    );
    const { approvals } = await gateway.approvals();
    assert.deepEqual(approvals.map(({ agent }) => agent).toSorted(), ['asker', 'sleeper', 'sleeper']);
    const { code, stderr } = await cli.run(['show', 'asker@2']);
    assert.deepEqual([code, /turn 2 has not ended yet/.test(stderr)], [3, true]);
    await stage.startWorker();
  });
});
