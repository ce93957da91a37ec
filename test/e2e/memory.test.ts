import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Memory } from '../../src/storage/memories.ts';
import { PerdureCli } from '../support/cli.ts';
import {
  calls,
  finish,
  lastMessage,
  type ModelSwitch,
  type Step,
  switchOfModels,
} from '../support/models.ts';
import { put, Stage, until } from '../support/stage.ts';

const suggestAfterEvents = 150;
/** Enough turns for a second run, whose documents are far more than the context holds. */
const turnsBetween = 60;
const documentChars = 3_000;

const remember = (text: string): Step => calls(['remember', { text, label: 'suppliers' }]);
const recall = calls(['recall', { query: 'When does Nordwind deliver?' }]);
/** By then most of the documents that were read are out of the context. */
const recallLate: Step = (request) => {
  const results = request.body.messages.filter(({ role }) => role === 'tool');
  assert.ok(results.length < turnsBetween / 2, `${results.length} results are still there`);
  return recall;
};
/** Finishes with what the model was told last. */
const tell: Step = (request) => finish(lastMessage(request));
const read: Step = calls(['read_file', { path: 'long.txt' }]);

const fact = 'Nordwind delivers on Mondays, says Ann.';
const scripts: Readonly<Record<string, readonly Step[]>> = {
  first: [remember(fact), finish('noted')],
  second: [recall, tell],
  lonely: [remember('Nordwind is mine alone.'), finish('noted')],
  curious: [recall, tell],
  old: [remember(fact), ...Array<Step>(turnsBetween).fill(read), recallLate, tell],
  third: [remember('Nordwind also delivers on Fridays.'), finish('noted')],
  slow: [calls(['remember_slowly', { text: 'Kept once.' }]), finish('noted')],
};

const tools = 'tools: { remember: auto, recall: auto, remember_slowly: auto, read_file: auto, finish: auto }';
const definitions = {
  sharing: `model: unused\nmemory: definition\n${tools}\n---\nLearn.`,
  private: `model: unused\ncontextWindow: 8000\ncheckpoints: each\n${tools}\n---\nLearn.`,
};

describe('memory', () => {
  let folder: string;
  let models: ModelSwitch;
  let stage: Stage;
  let cli: PerdureCli;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'perdure-memory-'));
    const described = Object.entries(scripts).map(([name, script]) => [name, { script }] as const);
    models = await switchOfModels(Object.fromEntries(described));
    stage = await Stage.create({
      ...{ modelUrl: models.url, definitions, env: { PROBE_FOLDER: folder } },
      toolsDir: join(import.meta.dirname, '../support/memory-tools'),
      dynamicConfig: { 'limit.historyCount.suggestContinueAsNew': suggestAfterEvents },
    });
    await put(stage.workspace, 'long.txt', 'x'.repeat(documentChars));
    cli = await PerdureCli.create({ ...stage.environment, PERDURE_DATA_DIR: stage.dataDir });
  });
  after(async () => {
    await cli.dispose();
    await stage.dispose();
    await models.close();
    rmSync(folder, { recursive: true });
  });

  const start = (agent: string, model: string) =>
    stage.gateway.start({ agent, input: 'Go.', model }, { id: model });

  async function resultOf(agent: string, model: string): Promise<unknown> {
    await start(agent, model);
    const outcome = await stage.gateway.result(model);
    assert.equal(outcome.status, 'completed');
    return outcome.result;
  }

  const list = async (...filter: string[]): Promise<Memory[]> =>
    (await cli.json(['memory', 'list', ...filter])) as Memory[]; // What the command prints is checked below.

  it('of an agent is recalled by a later one of the same definition, if that says so', async () => {
    await resultOf('sharing', 'first');
    assert.deepEqual(await list('--agent', 'nobody'), []);
    const [kept] = await list();
    assert.deepEqual(kept, {
      ...{ id: kept?.id, text: fact, label: 'suppliers', scope: 'definition', definition: 'sharing' },
      ...{ agent: 'first', firstRun: kept?.firstRun, turn: 1, at: kept?.at },
    });
    const told = String(await resultOf('sharing', 'second'));
    const { id, text, at } = kept;
    assert.deepEqual(JSON.parse(told), {
      ok: true,
      result: { memories: [{ id, text, label: 'suppliers', agent: 'first', turn: 1, at }], more: false },
    });
  });

  it('is private where the definition does not share it', async () => {
    await resultOf('private', 'lonely');
    assert.match(String(await resultOf('private', 'curious')), /"memories":\[\]/);
  });

  it('outlives the condensing of the context and many runs', async () => {
    const told = String(await resultOf('private', 'old'));
    assert.match(told, /Nordwind delivers on Mondays/);
    const query = 'WorkflowId = "old"';
    await until('all runs are listed', async () => (await stage.client.workflow.count(query)).count > 1);
    assert.deepEqual(models.complaints('old'), []);
  });

  it('is kept once when the worker dies before the result is recorded', async () => {
    await start('private', 'slow');
    await until('it is kept', () => existsSync(join(folder, 'kept')));
    await stage.killWorker();
    assert.equal((await list('--agent', 'slow')).length, 1);
    await stage.startWorker();
    assert.equal((await stage.gateway.result('slow')).status, 'completed');
    const kept = await list('--agent', 'slow');
    assert.deepEqual(
      kept.map(({ text }) => text),
      ['Kept once.'],
    );
  });

  it('is listed, searched and deleted by people', async () => {
    const found = await list('--definition', 'sharing', '--search', 'mondays', '--label', 'suppliers');
    const [id = ''] = found.map((memory) => memory.id);
    const shown = await cli.run(['memory', 'list', '--definition', 'sharing']);
    assert.match(
      shown.stdout,
      /^ID .*TEXT\nmem-.* sharing .* yes .*suppliers .* ago .*Nordwind delivers on Mondays/,
    );
    const refused = await cli.run(['memory', 'delete', id]);
    assert.deepEqual([refused.code, refused.stdout], [2, '']);
    assert.match(refused.stderr, /perdure memory delete mem-[0-9a-f]+ --yes/);
    assert.deepEqual(await cli.json(['memory', 'delete', id, '--yes']), { deleted: [id], missing: [] });
    assert.deepEqual(await list('--definition', 'sharing'), []);
    const again = await cli.run(['memory', 'delete', id, '--yes', '--json']);
    assert.deepEqual([again.code, again.stdout], [3, '']);
    const elsewhere = { env: { PERDURE_DATA_DIR: folder } };
    const empty = await cli.run(['memory', 'list'], elsewhere);
    assert.match(empty.stdout, /No memories here/);
    assert.equal(existsSync(join(folder, 'memory.sqlite')), false, 'looking makes no file');
  });

  it('is pruned when those that kept it for themselves have ended, and what is shared is not', async () => {
    await resultOf('sharing', 'third');
    const own = (await list()).filter(({ scope }) => scope === 'agent');
    assert.ok(own.length >= 2);
    const early = await cli.json(['memory', 'prune', '--yes']);
    assert.deepEqual(early, { deleted: 0, agents: 0 });
    assert.equal((await cli.run(['memory', 'prune', '--older-than', '0.001s'])).code, 2);
    const agents = new Set(own.map(({ firstRun }) => firstRun)).size;
    const done = await cli.json(['memory', 'prune', '--older-than', '0.001s', '--yes']);
    assert.deepEqual(done, { deleted: own.length, agents });
    const left = await list();
    assert.ok(left.length > 0 && left.every(({ scope }) => scope === 'definition'));
  });
});
