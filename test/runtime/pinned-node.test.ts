import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import ts from 'typescript';

const source = new URL('../../src/runtime/pinned-node.ts', import.meta.url);
const target = ts.ScriptTarget.ES2024;

/** The oldest Node on the PATH, if it is older than the pinned one. */
function olderNode(): string | undefined {
  const candidates = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'node'));
  return candidates.find((candidate) => {
    try {
      return (
        Number.parseInt(execFileSync(candidate, ['-p', 'process.versions.node'], { encoding: 'utf8' })) < 24
      );
    } catch {
      return false;
    }
  });
}

/** Makes this very Node say that it is an old one, so that the launcher is tested on any machine. */
const pretend = `if (process.env.PERDURE_LAUNCHED !== '1')
  Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.0.0' } });`;

const main = `
import { runOnPinnedNode } from './pinned-node.js';
await runOnPinnedNode(() => import('./run.js'));`;

const run = `
const [what] = process.argv.slice(2);
if (what === 'exit') process.exitCode = 7;
if (what === 'wait') setInterval(() => {}, 1000);
if (what === 'graceful') {
  let asked = 0;
  const timer = setInterval(() => {}, 1000);
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => {
    asked += 1;
    setTimeout(() => { console.log('asked ' + asked); clearInterval(timer); process.exitCode = 3; }, 500);
  });
}
// Last, because tests send signals as soon as they have read it.
const major = Number.parseInt(process.versions.node);
// As text: numbers would be in colour where somebody forces it.
console.log([process.pid, major, process.env.PERDURE_LAUNCHED ?? 'unmarked', what].join(' '));`;

describe('running on the pinned Node', () => {
  let folder: string;
  const launchers: [string, () => string[] | undefined][] = [
    [
      'this Node in the role of an old one',
      () => [process.execPath, '--import', join(folder, 'pretend.mjs')],
    ],
    ['a really older Node', () => (olderNode() === undefined ? undefined : [olderNode() ?? ''])],
  ];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'perdure-pinned-'));
    const dist = join(folder, 'dist');
    await mkdir(dist);
    await mkdir(join(folder, 'node_modules', 'node', 'bin'), { recursive: true });
    await symlink(process.execPath, join(folder, 'node_modules', 'node', 'bin', 'node'));
    const options = { target, module: ts.ModuleKind.ESNext };
    const compiled = ts.transpileModule(await readFile(source, 'utf8'), {
      compilerOptions: options,
    }).outputText;
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    await writeFile(join(folder, 'pretend.mjs'), pretend);
    await writeFile(join(dist, 'pinned-node.js'), compiled);
    await writeFile(join(dist, 'main.js'), main);
    await writeFile(join(dist, 'run.js'), run);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  interface Started {
    readonly launcher: ChildProcess;
    readonly output: () => string;
    readonly ended: Promise<[number | null, NodeJS.Signals | null]>;
    readonly firstLine: () => Promise<string[]>;
  }

  function start(
    command: readonly string[],
    what: string,
    script = join(folder, 'dist', 'main.js'),
  ): Started {
    const [file = '', ...args] = command;
    const launcher = spawn(file, [...args, script, what], {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let output = '';
    launcher.stdout.on('data', (data: Buffer) => (output += data.toString()));
    launcher.stderr.on('data', (data: Buffer) => (output += data.toString()));
    const ended = once(launcher, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
    const firstLine = async (): Promise<string[]> => {
      while (!output.includes('\n')) await sleep(20);
      return output.split('\n')[0]?.split(' ') ?? [];
    };
    return { launcher, output: () => output, ended, firstLine };
  }

  for (const [name, commandOf] of launchers) {
    describe(`with ${name}`, () => {
      let command: string[];
      before(function () {
        const found = commandOf();
        if (found === undefined) this.skip();
        command = found;
      });

      it('runs the script with its arguments and ends with its exit code', async () => {
        const { ended, firstLine } = start(command, 'exit');
        assert.deepEqual((await firstLine()).slice(1), ['24', 'unmarked', 'exit']);
        assert.deepEqual(await ended, [7, null]);
      });

      it('does not hold a script that is done', async () => {
        assert.deepEqual(await start(command, 'nothing').ended, [0, null]);
      });

      for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
        it(`hands on ${signal} and ends by it`, async () => {
          const { launcher, ended, firstLine } = start(command, 'wait');
          await firstLine();
          launcher.kill(signal);
          assert.deepEqual(await ended, [null, signal]);
        });
      }

      it('lets the script stop in good order', async () => {
        const { launcher, ended, firstLine, output } = start(command, 'graceful');
        await firstLine();
        launcher.kill('SIGTERM');
        assert.deepEqual(await ended, [3, null]);
        assert.match(output(), /asked 1/);
      });

      it('gives the script one SIGINT when the terminal sends it to both', async () => {
        const { launcher, ended, firstLine, output } = start(command, 'graceful');
        await firstLine();
        process.kill(-(launcher.pid ?? 0), 'SIGINT');
        assert.deepEqual(await ended, [3, null]);
        assert.match(output(), /asked 1\n$/);
      });

      it('does not outlive a killed launcher', async () => {
        const { launcher, ended, firstLine } = start(command, 'wait');
        const [pid] = await firstLine();
        assert.notEqual(Number(pid), launcher.pid);
        launcher.kill('SIGKILL');
        // The pipes close only when the child is gone as well; its number stays until somebody has collected it.
        await ended;
      });

      it('says in one line that the pinned Node is missing', async () => {
        const alone = await mkdtemp(join(tmpdir(), 'perdure-alone-'));
        for (const file of ['pinned-node.js', 'main.js', 'run.js']) {
          await writeFile(join(alone, file), await readFile(join(folder, 'dist', file)));
        }
        await writeFile(join(alone, 'package.json'), '{"type":"module"}');
        const { ended, output } = start(command, 'exit', join(alone, 'main.js'));
        assert.deepEqual(await ended, [1, null]);
        assert.match(output(), /^perdure needs Node 24 or newer, .*npm install.*\n$/);
        await rm(alone, { recursive: true });
      });
    });
  }
});
