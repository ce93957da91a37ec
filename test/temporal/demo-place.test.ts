import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { againLine } from '../../temporal/demo-lines.ts';
import { demoEnvironment, type DemoPlace, demoPlace } from '../../temporal/demo-place.ts';
import { portIn } from '../../temporal/free-port.ts';

const kind = {
  ...{ command: 'make demo', definition: 'clerk', goal: 'Work.', dataFolder: 'demo', workspace: tmpdir() },
  ...{ prepare: () => [], summary: () => '' },
};

describe('the place of a demo', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'perdure-place-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const placeIn = (dataDir: string): DemoPlace => demoPlace({ PERDURE_DATA_DIR: dataDir }, kind);

  it('has a queue of its own, and another one with other files', () => {
    const [one, other] = [placeIn(join(folder, 'a')), placeIn(join(folder, 'b'))];
    assert.match(one.taskQueue, /^perdure-demo-[0-9a-f]{6}$/);
    assert.notEqual(one.taskQueue, other.taskQueue);
    const elsewhere = demoPlace({ PERDURE_DATA_DIR: one.dataDir, PERDURE_WORKSPACE: folder }, kind);
    assert.notEqual(elsewhere.taskQueue, one.taskQueue);
  });

  it('has the usual queue on a server of its own, unless the files are others; and the one that is named', () => {
    const one = placeIn(join(folder, 'a'));
    assert.equal(one.ownTaskQueue, 'perdure');
    const env = { PERDURE_DATA_DIR: one.dataDir, PERDURE_WORKSPACE: folder };
    const elsewhere = demoPlace(env, kind);
    assert.equal(elsewhere.ownTaskQueue, elsewhere.taskQueue);
    const named = demoPlace({ ...env, PERDURE_TASK_QUEUE: 'mine' }, kind);
    assert.deepEqual([named.ownTaskQueue, named.taskQueue], ['mine', 'mine']);
  });

  it('stays the same when the folder is mounted in another container', async () => {
    const here = placeIn(join(folder, 'a'));
    await writeFile(join(folder, 'a', 'machine'), 'another-host');
    const there = placeIn(join(folder, 'a'));
    assert.notEqual(there.agentPrefix, here.agentPrefix);
    await writeFile(join(folder, 'a', 'machine'), hostname());
    assert.deepEqual(placeIn(join(folder, 'a')), here);
  });

  it("says in one line that its folder can't be written", async () => {
    await writeFile(join(folder, 'file'), '');
    assert.throws(() => placeIn(join(folder, 'file', 'data')), {
      name: 'SetupError',
      message: /data can't be written \(.*: let this user write there, or set PERDURE_DATA_DIR/,
    });
  });

  it('refuses what is no port, and takes another one for one that is taken', async () => {
    await assert.rejects(demoEnvironment({ PERDURE_ADMIN_PORT: 'abc' }, placeIn(folder)), {
      name: 'SetupError',
      message: 'PERDURE_ADMIN_PORT "abc" is not a port.',
    });
    const { PERDURE_ADMIN_PORT: port } = await demoEnvironment({ PERDURE_ADMIN_PORT: '0' }, placeIn(folder));
    assert.ok(Number(port) > 0, port);
  });
});

describe('a port that a variable names', () => {
  it('is the usual one if it is not set, any for 0, and refused if it is none', async () => {
    assert.equal(await portIn({}, 'PORT', 4_400), 4_400);
    assert.equal(await portIn({ PORT: '4401' }, 'PORT', 4_400), 4_401);
    assert.ok((await portIn({ PORT: '0' }, 'PORT', 4_400)) > 0);
    for (const PORT of ['abc', '-1', '65536', '1.5'])
      await assert.rejects(portIn({ PORT }, 'PORT', 4_400), { name: 'SetupError' });
  });
});

describe('the line that runs a demo again', () => {
  it('has the variables that decide which agent goes on, for a shell, and no secrets', () => {
    assert.equal(againLine('make demo', { PATH: '/bin', OPENAI_API_KEY: 'secret' }), 'make demo');
    const env = { PERDURE_WORKSPACE: "/my files/it's", TEMPORAL_ADDRESS: '127.0.0.1:7999' };
    assert.equal(
      againLine('make demo', env),
      `PERDURE_WORKSPACE='/my files/it'\\''s' TEMPORAL_ADDRESS=127.0.0.1:7999 make demo`,
    );
  });
});
