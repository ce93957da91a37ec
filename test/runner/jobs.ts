import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A program that runs to its end. */
export interface Job {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

export interface EndedJob {
  /** 1 for a program that could not be started or was ended by a signal. */
  readonly code: number;
  /** All that it wrote, in the order in which it wrote it. */
  readonly output: string;
}

/** Far longer than any file of tests takes on a shared machine; one that hangs must not hang the others' totals. */
const jobTimeoutMs = 30 * 60_000;
/** What a stopped program gets for its own clean-up. */
const stopTimeoutMs = 10_000;
/** Make hands its flags and job slots down by these; a make that is started from here has neither. */
const noMake = { MAKEFLAGS: undefined, MFLAGS: undefined, MAKELEVEL: undefined };
/** What Node has compiled for one program helps the next: most of them load the same files, and many run for seconds only. */
const compileCache = 'compile-cache';

/** Runs programs side by side, so many at once and no more, and shows nothing of one before it has ended. */
export class Jobs {
  readonly #cwd: string;
  readonly #folder: string;
  readonly #running = new Map<ChildProcess, Promise<unknown>>();
  #stopped = false;

  /** The programs run in `cwd`; `folder` takes their output, and whoever made it removes it. */
  constructor(cwd: string, folder: string) {
    this.#cwd = cwd;
    this.#folder = folder;
  }

  /** Whether it was told to stop, so that what has run is not all there was. */
  get isStopped(): boolean {
    return this.#stopped;
  }

  /** Calls `work` for each item in the given order, for at most `atOnce` of them at a time. */
  async each<Item>(
    items: readonly Item[],
    atOnce: number,
    work: (item: Item) => Promise<void>,
  ): Promise<void> {
    const waiting = [...items];
    const lane = async (): Promise<void> => {
      for (let item = waiting.shift(); item !== undefined && !this.#stopped; item = waiting.shift())
        await work(item);
    };
    await Promise.all(Array.from({ length: atOnce }, lane));
  }

  /** Resolves when the program and all that holds its output open have ended. Never rejects. */
  async run({ command, args, env = {} }: Job): Promise<EndedJob> {
    const file = join(mkdtempSync(join(this.#folder, 'job-')), 'output');
    const output = openSync(file, 'w');
    const child = spawn(command, args, {
      cwd: this.#cwd,
      env: { ...process.env, ...noMake, NODE_COMPILE_CACHE: join(this.#folder, compileCache), ...env },
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    let problem = '';
    const timer = setTimeout(() => {
      problem = `stopped after ${jobTimeoutMs / 60_000} minutes\n`;
      child.kill('SIGKILL');
    }, jobTimeoutMs);
    const ended = new Promise<number>((resolve) => {
      child.once('error', (error) => {
        problem = `${error.message}\n`;
        resolve(1);
      });
      child.once('close', (code) => {
        resolve(code ?? 1);
      });
    });
    this.#running.set(child, ended);
    const code = await ended;
    clearTimeout(timer);
    this.#running.delete(child);
    return { code, output: readFileSync(file, 'utf8') + problem };
  }

  /** Ends what runs, starts nothing more, and resolves when all of it is gone. */
  async stop(): Promise<void> {
    this.#stopped = true;
    const running = [...this.#running];
    for (const [child] of running) child.kill('SIGTERM');
    const timer = setTimeout(() => {
      for (const [child] of running) child.kill('SIGKILL');
    }, stopTimeoutMs);
    await Promise.all(running.map(([, ended]) => ended));
    clearTimeout(timer);
  }
}

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const interruptedExitCode = 130;

/** Ends this process in good order when it is told to: everything that it started goes first. */
export function stopOnSignals(stop: () => Promise<void>): void {
  for (const signal of stopSignals)
    process.on(signal, () => {
      void stop().finally(() => process.exit(interruptedExitCode));
    });
}
