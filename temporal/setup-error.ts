import { unlessEmpty } from '../src/worker/environment.ts';

/** Something the person at the terminal can put right: the message is one line that says what is wrong and what fixes it. */
export class SetupError extends Error {
  override name = 'SetupError';
}

/** Writes one line for people. Standard output stays free for whoever asked for data. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** What writing fails with when whoever read it has gone, or the terminal was closed. */
const unreadCodes = new Set(['EPIPE', 'EIO']);

/** Aborted when nobody reads any more what this process writes. Nothing is said of it, because there is nobody to say it to. */
function unreadOutput(): AbortSignal {
  const unread = new AbortController();
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (!unreadCodes.has(error.code ?? '')) throw error;
      unread.abort();
    });
  return unread.signal;
}

/**
 * Runs a program of this folder with the environment, in which an empty variable counts as not set: a `SetupError` becomes
 * its one line and exit code 1, a defect keeps its stack. The signal is aborted when nobody reads any more what is written.
 */
export async function runProgram(
  main: (env: NodeJS.ProcessEnv, unread: AbortSignal) => Promise<void>,
): Promise<void> {
  const unread = unreadOutput();
  try {
    await main(unlessEmpty(process.env), unread);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    process.exitCode = 1;
  }
}
