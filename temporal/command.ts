import { execFile } from 'node:child_process';

/** What a short-lived program answered; `missing` when there is no such program on the PATH. */
export interface CommandResult {
  readonly ok: boolean;
  readonly missing: boolean;
  readonly stdout: string;
  readonly lastLines: string;
}

/** Enough of a tool's complaint to act on, little enough for one line. */
const lastLinesKept = 3;

/** Runs a program to its end. Never throws: a missing program, a failure and a timeout are all answers. */
export function runCommand(file: string, args: readonly string[], timeoutMs: number): Promise<CommandResult> {
  return new Promise((resolve) => {
    execFile(file, args, { timeout: timeoutMs, encoding: 'utf8' }, (error, stdout, stderr) => {
      const lines = (stderr.trim() || stdout.trim()).split('\n');
      const said = lines.slice(-lastLinesKept).join(' ');
      resolve({
        ok: error === null,
        missing: error?.code === 'ENOENT',
        stdout,
        lastLines: error?.killed === true ? `no answer within ${timeoutMs / 1000} s. ${said}` : said,
      });
    });
  });
}
