import { unlessEmpty } from '../src/worker/environment.ts';

/** Something the person at the terminal can put right: the message is one line that says what is wrong and what fixes it. */
export class SetupError extends Error {
  override name = 'SetupError';
}

/** Writes one line for people. Standard output stays free for whoever asked for data. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/**
 * Runs a program of this folder with the environment, in which an empty variable counts as not set: a `SetupError` becomes
 * its one line and exit code 1, a defect keeps its stack.
 */
export async function runProgram(main: (env: NodeJS.ProcessEnv) => Promise<void>): Promise<void> {
  try {
    await main(unlessEmpty(process.env));
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    process.exitCode = 1;
  }
}
