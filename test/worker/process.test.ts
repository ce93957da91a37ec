import assert from 'node:assert/strict';
import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

const main = resolve(import.meta.dirname, '../../src/worker/main.ts');
/** Whom nothing of the test's belongs to, for whoever runs it as one whom no permission stops. */
const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/** Nobody may be kept out of the folder that the project lies in. */
function canRun(as: typeof nobody): boolean {
  return spawnSync(process.execPath, ['--check', main], as).status === 0;
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

interface Ended {
  readonly code: number | null;
  readonly said: string;
}

describe('the worker as a process, without a server', () => {
  let folder: string;
  let silent: Server;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'perdure-worker-'));
    chmodSync(folder, 0o755);
    for (const name of ['agents', 'workspace', 'data']) {
      mkdirSync(join(folder, name));
      chmodSync(join(folder, name), 0o777);
    }
    // Takes connections and never says a word.
    silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
  });
  afterEach(() => {
    silent.close();
    rmSync(folder, { recursive: true });
  });

  function start(environment: Record<string, string>, as: { uid?: number; gid?: number } = {}): Child {
    // A server that listens on TCP has an address object; only pipes have a string.
    const { port } = silent.address() as AddressInfo;
    const env = {
      PATH: process.env['PATH'],
      TEMPORAL_ADDRESS: `127.0.0.1:${port}`,
      PERDURE_AGENTS_DIR: join(folder, 'agents'),
      PERDURE_WORKSPACE: join(folder, 'workspace'),
      PERDURE_DATA_DIR: join(folder, 'data'),
      LOG_FORMAT: 'json',
      ...environment,
    };
    return spawn(process.execPath, [main], { env, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], ...as });
  }

  async function endOf(child: Child): Promise<Ended> {
    const [out, said] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
    assert.equal(out, '');
    return { code: child.exitCode, said };
  }

  it('says in one line what is wrong with its settings', async () => {
    const { code, said } = await endOf(start({ PERDURE_TOOL_SLOTS: 'many' }));
    assert.equal(code, 1);
    assert.match(said, /^worker: PERDURE_TOOL_SLOTS: .*\n$/);
  });

  it('says in one line that no server is there', async () => {
    const { code, said } = await endOf(start({ TEMPORAL_ADDRESS: '127.0.0.1:1' }));
    assert.equal(code, 1);
    assert.match(said, /^worker: no Temporal server answers at 127\.0\.0\.1:1 .*make dev.*\n$/);
  });

  it('ends with that line also if the server that is there never answers', async () => {
    const { code, said } = await endOf(start({}));
    assert.equal(code, 1);
    assert.match(said, /^worker: no Temporal server answers at .* \(no answer\).*\n$/);
  });

  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    it(`stops on ${signal} while it waits for a server`, async () => {
      const child = start({});
      const ended = endOf(child);
      await once(silent, 'connection');
      child.kill(signal);
      const { code, said } = await ended;
      assert.equal(code, 0);
      assert.match(said, new RegExp(`^[^\\n]*"${signal}: finishing what runs[^\\n]*\\n$`));
    });

  it('does not start where nothing can be written to its data folder', async function () {
    if (!canRun(nobody)) this.skip();
    chmodSync(join(folder, 'data'), 0o555);
    const { code, said } = await endOf(start({}, nobody));
    assert.equal(code, 1);
    assert.match(said, /^worker: PERDURE_DATA_DIR: nothing can be written to .*EACCES.*\n$/);
  });

  it('says so of a workspace that can only be read, and goes on', async function () {
    if (!canRun(nobody)) this.skip();
    chmodSync(join(folder, 'workspace'), 0o555);
    const { said } = await endOf(start({ TEMPORAL_ADDRESS: '127.0.0.1:1' }, nobody));
    assert.match(said, /^.*nothing can be written to [^\n]*workspace[^\n]*\nworker: no Temporal server/);
  });
});
