import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InterruptionKind } from '../../src/contracts/status.ts';

const script = fileURLToPath(new URL('../../src/client/cli/main.ts', import.meta.url));
const loadedModules = fileURLToPath(new URL('../support/loaded-modules.ts', import.meta.url));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the CLI as a user would, without a terminal. */
function perdure(args: string[], env: Record<string, string> = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [script, ...args],
      { env: { ...process.env, TEMPORAL_ADDRESS: '127.0.0.1:1', ...env } },
      (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
      },
    );
    child.stdin?.end();
  });
}

describe('the command line', () => {
  it('shows help and version on stdout', async () => {
    const help = await perdure(['--help']);
    assert.equal(help.code, 0);
    assert.match(help.stdout, /Usage: perdure/);
    assert.equal((await perdure(['--version'])).code, 0);
  });

  it('names in the help of the list all that an agent may wait for', async () => {
    const { stdout } = await perdure(['list', '--help']);
    for (const kind of InterruptionKind.options) assert.match(stdout, new RegExp(`\\b${kind}\\b`), kind);
  });

  it('says that it has no room for what it says', function () {
    // A file without any room, which Linux has.
    if (!existsSync('/dev/full')) this.skip();
    const full = openSync('/dev/full', 'a');
    const run = (...args: string[]) =>
      spawnSync(process.execPath, [script, ...args], { stdio: ['ignore', full, 'pipe'], encoding: 'utf8' });
    const text = run('--help');
    const json = run('definitions', '--json');
    closeSync(full);
    assert.equal(text.status, 1);
    assert.match(text.stderr, /^error: .*can't be written: ENOSPC.*\nIt may have done/);
    assert.equal(json.status, 1);
    assert.match(json.stderr, /^\{"error":\{.*ENOSPC/);
  });

  it('has no colours where no terminal is, also in a CI that would show them', async () => {
    const { stderr } = await perdure(['frobnicate'], { CI: 'true', FORCE_COLOR: '1' });
    assert.match(stderr, /^error: /);
  });

  it('loads nothing of Temporal, and no language of definitions, to answer that', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'perdure-loaded-'));
    try {
      const loaded = join(folder, 'loaded.txt');
      const env = { NODE_OPTIONS: `--import ${loadedModules}`, LOADED_MODULES_FILE: loaded };
      assert.equal((await perdure(['--help'], env)).code, 0);
      const modules = await readFile(loaded, 'utf8');
      assert.match(modules, /client\/cli\/list\.ts/);
      assert.doesNotMatch(
        modules,
        /node_modules\/(@temporalio|yaml|@marcbachmann|kysely|diff|jsondiffpatch)\//,
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  const mistakes: [string, string[]][] = [
    ['no command', []],
    ['an unknown command', ['frobnicate']],
    ['an unknown flag', ['list', '--bogus']],
    ['a missing argument', ['start']],
    ['a number that is none', ['list', '--limit', 'many']],
    ['a list of nothing', ['archive', 'list', '--limit', '0']],
    ['no memories', ['memory', 'list', '--limit', '0']],
    ['an unknown format', ['list', '-o', 'xml']],
    ['an edit without arguments', ['edit', 'a1', 't1']],
    ['arguments that are not JSON', ['edit', 'a1', 't1', '--args', '{']],
    ['a duration that is none', ['extend', 'a1', '--deadline', 'soon']],
    ['a label without a value', ['start', 'demo', '--label', 'x']],
    ['an unconfirmed cancel without a terminal', ['cancel', 'a1']],
  ];
  for (const [title, args] of mistakes)
    it(`exits 2 for ${title}`, async () => {
      const { code, stdout, stderr } = await perdure(args);
      assert.equal(code, 2);
      assert.equal(stdout, '');
      assert.notEqual(stderr, '');
    });

  it('exits 5 when no server answers, and says what to do', async () => {
    const { code, stderr } = await perdure(['show', 'a1']);
    assert.equal(code, 5);
    assert.match(stderr, /can't be reached at 127\.0\.0\.1:1[^]*make dev/);
  });

  it('takes an id alone for the agent whose audit is wanted, with the flags of an export', async () => {
    for (const args of [['a1'], ['a1', '--values', '--json'], ['export', 'a1']])
      assert.equal((await perdure(['audit', ...args])).code, 5, args.join(' '));
    assert.equal((await perdure(['audit'])).code, 2);
  });

  it('asks for the very command to be confirmed, without the key', async () => {
    const lines: [string[], string][] = [
      [['cancel', 'it is', '--revision', '7'], "cancel 'it is' --revision 7 --yes"],
      [
        ['-n', 'else where', 'schedule', 'delete', 'nightly'],
        "-n 'else where' schedule delete nightly --yes",
      ],
      [
        ['fork', 'a1@7', '--result', '7.1={"answer":"no"}', '--tools', 'live', '--api-key', 'secret'],
        `fork a1@7 --result '7.1={"answer":"no"}' --tools live --yes`,
      ],
      [['cancel', '--api-key=secret', '--', '-a1'], 'cancel --yes -- -a1'],
    ];
    for (const [words, line] of lines) {
      const { code, stderr } = await perdure(words);
      assert.equal(code, 2);
      assert.ok(stderr.endsWith(`\nRun: perdure ${line}\n`), stderr);
    }
  });

  it('has the answer for whoever reads it when nobody reads what is said besides', async () => {
    const child = spawn(process.execPath, [script, 'archive', 'list', '--bogus', '--json'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stderr.destroy();
    const [code] = (await once(child, 'exit')) as [number];
    assert.equal(code, 2);
  });

  it('reports errors as one JSON object on stderr with --json, and nothing on stdout', async () => {
    for (const [args, code] of [
      [['show', 'a1', '--json'], 'Unreachable'],
      [['list', '--bogus', '-o', 'jsonl'], 'Invalid'],
    ] as const) {
      const { stdout, stderr } = await perdure([...args]);
      assert.equal(stdout, '');
      const { error } = JSON.parse(stderr) as { error: Record<string, unknown> }; // Its shape is what is tested.
      assert.equal(error['code'], code);
      assert.equal(typeof error['message'], 'string');
      assert.equal(typeof error['help'], 'string');
    }
  });

  it('shows a stack only with --verbose', async () => {
    assert.doesNotMatch((await perdure(['show', 'a1'])).stderr, /\n\s+at /);
    assert.match((await perdure(['show', 'a1', '--verbose'])).stderr, /\n\s+at /);
  });
});

describe('definitions', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'perdure-definitions-'));
    await writeFile(
      join(folder, 'good.md'),
      '---\nname: good\nmodel: m\ntools: { finish: auto }\n---\nDo it.\n',
    );
  });
  after(() => rm(folder, { recursive: true }));

  it('are listed and checked without a server', async () => {
    const listed = await perdure(['definitions', '--json'], { PERDURE_AGENTS_DIR: folder });
    assert.equal(listed.code, 0);
    assert.match(listed.stdout, /"name": "good"/);
    const checked = await perdure(['definitions', 'check'], { PERDURE_AGENTS_DIR: folder });
    assert.equal(checked.code, 0);
    assert.match(checked.stdout, /1 definitions, all right/);
  });

  it('are checked with file, line and field of every mistake', async () => {
    const bad = join(folder, 'bad.md');
    await writeFile(
      bad,
      '---\nname: bad\nmodel: m\nbudget: { turns: -1 }\ntools:\n  pay: maybe\n---\nDo it.\n',
    );
    const { code, stdout } = await perdure(['definitions', 'check'], { PERDURE_AGENTS_DIR: folder });
    assert.equal(code, 2);
    assert.match(stdout, /bad\.md:4: budget\.turns: /);
    assert.match(stdout, /bad\.md:6: tools\.pay/);
    await rm(bad);
  });

  it('name what is there but can not be read', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe.md')]);
    await symlink('/nowhere', join(folder, 'gone.md'));
    const { code, stdout } = await perdure(['definitions', 'check'], { PERDURE_AGENTS_DIR: folder });
    assert.equal(code, 2);
    assert.match(stdout, /gone\.md:1: file: it can't be read: ENOENT/);
    assert.match(stdout, /pipe\.md:1: file: it can't be read: EISDIR/);
  });

  it('exit 3 when their folder is not there', async () => {
    assert.equal((await perdure(['definitions'], { PERDURE_AGENTS_DIR: join(folder, 'nosuch') })).code, 3);
  });
});
