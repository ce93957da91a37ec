import { execFile } from 'node:child_process';
import { temporalCli } from '../../temporal/servers.ts';

/** Longer than the CLI's own patience with a server. */
const timeoutMs = 60_000;

export interface CliAnswer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Temporal's own command line against one server: what people have who have nothing of ours. */
export async function temporalAt(address: string): Promise<(...args: string[]) => Promise<CliAnswer>> {
  const binary = await temporalCli();
  return (...args) =>
    new Promise((resolve) => {
      const all = [...args, '--address', address];
      execFile(binary, all, { timeout: timeoutMs, encoding: 'utf8' }, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
        resolve({ code, stdout, stderr });
      });
    });
}
