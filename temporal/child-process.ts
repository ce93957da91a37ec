import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { launchedEnvironment } from '../src/runtime/pinned-node.ts';
import { writing } from './writing.ts';

/** How a child ended: by itself with a code, or by a signal. */
interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A long-lived process of the stack, held by its handle. */
export interface Child {
  readonly name: string;
  readonly pid: number;
  readonly exited: Promise<Exit>;
  /** Undefined while it runs. */
  readonly exit: () => Exit | undefined;
  /** The last lines that this child (not an earlier one) wrote to its log. */
  readonly lastLines: () => string;
  readonly kill: (signal: NodeJS.Signals) => void;
  /** SIGTERM, and SIGKILL if that was not enough. Resolves when the process is gone. */
  readonly stop: () => Promise<void>;
}

export interface ChildOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly logFile: string;
  /** An entry point of ours, which ends when its parent does. For any other program a guard sees to that. */
  readonly isEntryPoint: boolean;
  /** Whom it runs as, if not as whoever runs this. */
  readonly user?: { readonly uid: number; readonly gid: number };
}

/** Longer than the grace that a worker gives its tool calls, and than a server needs to close its database. */
const stopTimeoutMs = 20_000;
const lastBytesKept = 4_096;
const lastLinesKept = 12;

/**
 * Starts a process with its output in a log file. It gets a session of its own, so that Ctrl-C in the terminal
 * reaches only the parent, which stops its children in their order; and it ends when the parent is killed.
 */
export async function startChild(options: ChildOptions): Promise<Child> {
  const log = writing(options.logFile, () => {
    mkdirSync(dirname(options.logFile), { recursive: true });
    return openSync(options.logFile, 'a');
  });
  const logStart = statSync(options.logFile).size;
  const child = spawn(options.command, options.args, {
    detached: true,
    ...options.user,
    env: options.isEntryPoint ? launchedEnvironment(options.env) : options.env,
    stdio: options.isEntryPoint ? ['ignore', log, log, 'ipc'] : ['ignore', log, log],
  });
  closeSync(log);
  let exit: Exit | undefined;
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => {
      exit = { code, signal };
      resolve(exit);
    });
  });
  await once(child, 'spawn');
  if (!options.isEntryPoint) guard(child);
  return {
    name: options.name,
    pid: child.pid ?? 0,
    exited,
    exit: () => exit,
    lastLines: () => lastLinesOf(options.logFile, logStart),
    kill: (signal) => child.kill(signal),
    stop: () => stop(child, exited),
  };
}

async function stop(child: ChildProcess, exited: Promise<Exit>): Promise<void> {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
  await exited;
  clearTimeout(timer);
}

/**
 * A shell that waits for the end of a pipe that only this process holds open. When this process dies, even by
 * SIGKILL, the shell wakes up and ends the child. While this process lives, the child's number can't be given to
 * another one unnoticed: the guard is dismissed at the child's exit.
 */
function guard(child: ChildProcess): void {
  const script = 'read -r _; kill -TERM "$1"';
  const shell = spawn('/bin/sh', ['-c', script, 'guard', String(child.pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  shell.unref();
  child.once('exit', () => shell.kill('SIGKILL'));
}

function lastLinesOf(logFile: string, logStart: number): string {
  const size = statSync(logFile).size;
  const from = Math.max(logStart, size - lastBytesKept);
  const buffer = Buffer.alloc(size - from);
  const file = openSync(logFile, 'r');
  readSync(file, buffer, 0, buffer.length, from);
  closeSync(file);
  return buffer.toString('utf8').trim().split('\n').slice(-lastLinesKept).join('\n');
}
