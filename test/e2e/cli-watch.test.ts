import assert from 'node:assert/strict';
import type { Timeline, TimelineItem } from '../../src/contracts/timeline.ts';
import { PerdureCli } from '../support/cli.ts';
import { type PacedModel, pacedModel } from '../support/paced-model.ts';
import { calls, finish, type ModelSwitch, type Step, switchOfModels } from '../support/models.ts';
import { Stage } from '../support/stage.ts';

const evil = 'before\u001b[2J\u009b31m\u202Eafter';
/** One agent for each row; its model is called like it. */
const scripts: Readonly<Record<string, readonly Step[]>> = {
  busy: [
    { ...calls(['note', { text: evil }], ['read_file', { path: 'nowhere.txt' }]), text: `Saying ${evil}` },
    finish({ answer: 42 }),
  ],
  asking: [calls(['write_file', { path: 'a.txt', content: 'x'.repeat(500) }]), finish('written')],
  waited: [
    calls(['write_file', { path: 'b.txt', content: 'x' }]),
    calls(['wait_for_event', { name: 'go' }]),
    finish('heard'),
  ],
  away: [calls(['write_file', { path: 'c.txt', content: 'x' }]), finish('back')],
  lines: [calls(['note', { text: 'one' }]), finish('all')],
};

const tools =
  'tools: { write_file: approve, read_file: auto, note: auto, wait_for_event: auto, finish: auto }';

describe('watching from the command line', () => {
  let models: ModelSwitch;
  let stage: Stage;
  let cli: PerdureCli;

  before(async () => {
    const described = Object.entries(scripts).map(([name, script]) => [name, { script }] as const);
    models = await switchOfModels(Object.fromEntries(described));
    const clerk = `model: unused\n${tools}\n---\nDo as you are told.`;
    stage = await Stage.create({ modelUrl: models.url, definitions: { clerk } });
    cli = await PerdureCli.create(stage.environment);
  });
  after(async () => {
    await cli.dispose();
    await stage.dispose();
    await models.close();
  });

  it('shows turns and tools until the end, and nothing that acts on a terminal', async () => {
    const words = ['start', 'clerk', 'Go.', '--id', 'busy', '--model', 'busy', '--watch'];
    const { code, stdout, stderr } = await cli.run(words);
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(
      stdout,
      /^\[0\] ann: Go\.\n\[1\] agent: Saying beforeafter\n\[1\] → note text="before.*after"\n/,
    );
    assert.match(stdout, /^\[1\] → read_file path=nowhere\.txt$/m);
    assert.match(stdout, /^\[1\] {3}✓ note noted=true notes=1$/m);
    assert.match(stdout, /^\[1\] {3}✗ read_file NotFound: /m);
    assert.match(stdout, /completed\n {2}\{\n {4}"answer": 42\n {2}\}\n$/);
    // oxlint-disable-next-line no-control-regex -- That there is none but line breaks is what is tested.
    assert.doesNotMatch(stdout, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    for (const line of stdout.split('\n')) assert.ok(line.length <= 100, line);
  });

  it('tells whoever waits for the result how the status changes, beside the data', async () => {
    const words = ['start', 'clerk', 'Go.', '--id', 'waited', '--model', 'waited', '--wait', '--json'];
    const waiting = cli.watch(words);
    const asked =
      /^· acting → waiting\n\? waited (t1-1-\w+): Allow write_file\?\n(?: {4}.*\n)+ {4}decide {3}perdure approve/m;
    const [, approval = ''] = await waiting.untilNoted(asked);
    await cli.run(['approve', 'waited', approval]);
    await waiting.untilNoted(/^event t2-1: waits for event go\n {2}waiting for .*, until /m);
    await cli.run(['event', 'waited', 'go']);
    const { code, stdout } = await waiting.ended;
    assert.deepEqual([code, (JSON.parse(stdout) as { result: unknown }).result], [0, 'heard']);
  });

  it('shows an approval with all that is asked, and the line that decides it', async () => {
    await cli.run(['start', 'clerk', 'Go.', '--id', 'asking', '--model', 'asking']);
    const watched = cli.watch(['watch', 'asking']);
    await watched.until(/^\? asking t1-1-\w+: Allow write_file\?$/m);
    const [, line = ''] = await watched.until(/decide {3}(perdure approve asking t1-1-\w+)\n/);
    assert.match(watched.output(), /^ {4}args {5}path=a\.txt\n {13}content=x{500}$/m);
    assert.equal((await cli.line(line)).code, 0);
    const { code, stdout } = await watched.ended;
    assert.equal(code, 0);
    assert.match(stdout, /^\[1\] {3}✓ write_file /m);
    assert.equal(stdout.match(/^\? /gm)?.length, 1, 'it is asked once');
    assert.match(stdout, /completed\n {2}written\n$/);
  });

  it('is one JSON document a line with --json', async () => {
    const words = ['start', 'clerk', 'Go.', '--id', 'lines', '--model', 'lines', '--watch', '--json'];
    const { code, stdout } = await cli.run(words);
    assert.equal(code, 0);
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; result?: string; item?: TimelineItem });
    assert.ok(
      events.some(({ type }) => type === 'entry'),
      stdout,
    );
    const last = events.at(-1);
    assert.deepEqual([last?.type, last?.result], ['end', 'all']);
    // What is watched, shown and listed is one timeline.
    const { items, lastTurn } = (await cli.json(['timeline', 'lines'])) as Timeline;
    const watched = events.flatMap(({ item }) => item ?? []);
    for (const item of items.filter(({ kind }) => kind !== 'gap'))
      assert.deepEqual(
        watched.findLast(({ id }) => id === item.id),
        item,
      );
    const { recent } = (await cli.json(['show', 'lines'])) as { recent: TimelineItem[] };
    const lately = items.filter(
      ({ kind, turn }) => kind !== 'transition' && kind !== 'gap' && turn >= lastTurn - 1,
    );
    assert.deepEqual(recent, lately.slice(-10));
    const shown = await cli.run(['show', 'lines']);
    assert.match(shown.stdout, /^ {2}lately\n[^]*✓ 1\.1 note text=one[^]*■ completed: all$/m);
    const turn = await cli.run(['show', 'lines@1']);
    assert.match(turn.stdout, /^ {2}in turn 1\n[^]*✓ 1\.1 note text=one/m);
  });

  it('is of no checkpoint where an agent has just that id', async () => {
    const started = await cli.run(['start', 'clerk', 'Go.', '--id', 'lines@1', '--model', 'nobody']);
    assert.equal(started.code, 0, started.stderr);
    const { agent } = (await cli.json(['show', 'lines@1'])) as { agent: string };
    assert.equal(agent, 'lines@1');
    assert.equal((await cli.run(['cancel', 'lines@1', '--yes'])).code, 0);
  });

  it('goes on when the server is started anew', async () => {
    const words = ['clerk', 'Go.', '--model', 'away'];
    const watched = cli.watch(['start', ...words, '--id', 'away', '--watch']);
    const [, line = ''] = await watched.until(/decide {3}(perdure approve .*)\n/);
    const other = cli.watch(['watch', 'away', '--json']);
    await other.until(/"type":"approval"/);
    await stage.restartServer();
    const decided = await cli.line(line);
    assert.equal(decided.code, 0, decided.stderr);
    for (const { code, stdout, stderr } of [await watched.ended, await other.ended])
      assert.equal(code, 0, stdout + stderr);
  });
});

describe('watching while the model writes', () => {
  let model: PacedModel;
  let stage: Stage;
  let cli: PerdureCli;

  before(async () => {
    model = await pacedModel();
    stage = await Stage.create({
      modelUrl: model.url,
      definitions: { talker: `model: paced\ntools: { finish: auto }\n---\nTalk.` },
    });
    cli = await PerdureCli.create(stage.environment);
  });
  after(async () => {
    await cli.dispose();
    await stage.dispose();
    await model.close();
  });

  it('shows the words as they come, and none twice when somebody speaks in between', async () => {
    const watched = cli.watch(['start', 'talker', 'Go.', '--id', 'talker', '--watch']);
    await model.say('First words ');
    await watched.until(/\[1\] agent: First words/);
    assert.equal((await cli.run(['pause', 'talker', '--reason', 'a moment'])).code, 0);
    await watched.until(/thinking → paused|paused \(/);
    assert.equal((await cli.run(['resume', 'talker'])).code, 0);
    await model.say('and last words.');
    model.end();
    const { code, stdout } = await watched.ended;
    assert.equal(code, 0);
    assert.equal(stdout.match(/First words/g)?.length, 2, `in the reply and in the result:\n${stdout}`);
    assert.match(stdout, /agent: …and last words\./);
    assert.match(stdout, /completed\n {2}First words and last words\.\n$/);
  });

  it('ends with 1 when the agent is cancelled in the middle of a word', async () => {
    const watched = cli.watch(['start', 'talker', 'Go.', '--id', 'cut-off', '--watch']);
    await model.say('Half a wo');
    await watched.until(/agent: Half a wo/);
    assert.equal((await cli.run(['cancel', 'cut-off', '--yes'])).code, 0);
    const { code, stdout } = await watched.ended;
    assert.equal(code, 1);
    assert.match(stdout, /Half a wo\n[^]*cancelled: /);
    model.end();
  });

  it('goes on when the worker is replaced', async () => {
    const watched = cli.watch(['start', 'talker', 'Go.', '--id', 'survivor', '--watch']);
    await model.say('Lost words');
    await watched.until(/agent: Lost words/);
    await stage.killWorker();
    await stage.startWorker();
    await model.say('Words that last');
    model.end();
    const { code, stdout } = await watched.ended;
    assert.equal(code, 0, stdout);
    assert.match(stdout, /completed\n {2}Words that last\n$/);
  });
});
