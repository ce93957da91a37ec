import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { temporalCli } from '../../temporal/servers.ts';
import { until } from './stage.ts';

const script = join(import.meta.dirname, '../../dist/client/cli/main.js');
/** Reached only when a command hangs; it then ends with a code that no test expects. */
const timeoutMs = 100_000;

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
}

/** A command that runs on while the test does other things. */
export interface Watching {
  readonly output: () => string;
  /** Resolves with the match when the output so far has one. */
  readonly until: (pattern: RegExp) => Promise<readonly string[]>;
  /** Resolves with the match when what was said beside the output does. */
  readonly untilNoted: (pattern: RegExp) => Promise<readonly string[]>;
  /** What it ended with, at the latest when it was waited for too long. */
  readonly ended: Promise<Ended>;
  readonly kill: () => void;
}

/**
 * The command line of what was built, as people have it: `perdure`, `temporal-perdure` and `temporal` on the path, the
 * server's address in the environment, no terminal.
 */
export class PerdureCli {
  readonly #folder: string;
  readonly #env: Record<string, string | undefined>;
  readonly #perdure: string;

  static async create(env: Readonly<Record<string, string>>): Promise<PerdureCli> {
    const folder = await mkdtemp(join(tmpdir(), 'perdure-cli-'));
    const bin = join(folder, 'bin');
    await mkdir(join(folder, 'linked'));
    await mkdir(bin);
    for (const name of ['perdure', 'temporal-perdure']) {
      // npm's links bear the name that was called, which is how the program knows it.
      await symlink(script, join(folder, 'linked', name));
      await writeFile(
        join(bin, name),
        `#!/bin/sh\nexec "${process.execPath}" ${process.execArgv.join(' ')} "${folder}/linked/${name}" "$@"\n`,
      );
      await chmod(join(bin, name), 0o755);
    }
    await symlink(await temporalCli(), join(bin, 'temporal'));
    return new PerdureCli(folder, {
      PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}`,
      HOME: folder,
      USER: 'ann',
      ...env,
    });
  }

  private constructor(folder: string, env: Record<string, string | undefined>) {
    this.#folder = folder;
    this.#env = env;
    this.#perdure = join(folder, 'bin', 'perdure');
  }

  run(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
    return this.#finish(this.#perdure, args, options);
  }

  /** Runs a line exactly as it was printed. */
  line(text: string): Promise<Ended> {
    return this.#finish('/bin/sh', ['-c', text], {});
  }

  /** What `--json` prints, which must be the only thing on stdout. */
  async json(args: readonly string[]): Promise<unknown> {
    const { code, stdout, stderr } = await this.run([...args, '--json']);
    if (code !== 0) throw new Error(`perdure ${args.join(' ')} ended with ${code}: ${stderr}`);
    return JSON.parse(stdout);
  }

  watch(args: readonly string[]): Watching {
    const child = spawn(this.#perdure, args, { env: this.#env, stdio: ['ignore', 'pipe', 'pipe'] });
    const written = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (written.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (written.stderr += text));
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    const untilIn = (does: string, stream: 'stdout' | 'stderr') => async (pattern: RegExp) => {
      await until(
        `it ${does} ${String(pattern)}`,
        () => pattern.test(written[stream]),
        () => JSON.stringify(written),
      );
      return pattern.exec(written[stream]) ?? [];
    };
    return {
      output: () => written.stdout,
      until: untilIn('shows', 'stdout'),
      untilNoted: untilIn('notes', 'stderr'),
      ended: closed(child).then((code) => {
        clearTimeout(timer);
        return { code, ...written };
      }),
      kill: () => child.kill('SIGINT'),
    };
  }

  async dispose(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  #finish(program: string, args: readonly string[], { env = {}, stdin = '' }: RunOptions): Promise<Ended> {
    return new Promise((resolve) => {
      const settings = { env: { ...this.#env, ...env }, timeout: timeoutMs, encoding: 'utf8' as const };
      const child = execFile(program, args, settings, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ code, stdout, stderr });
      });
      child.stdin?.on('error', () => undefined); // A command that reads nothing may be gone already.
      child.stdin?.end(stdin);
    });
  }
}

async function closed(child: ChildProcess): Promise<number> {
  await once(child, 'close');
  return child.exitCode ?? -1;
}
