import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../temporal/free-port.ts';
import { until } from './stage.ts';

const projectRoot = join(import.meta.dirname, '../..');

/** Where one demo runs: its own Temporal server, data and input. */
export interface DemoFolders {
  readonly dataDir: string;
  readonly workspace: string;
  readonly port: number;
}

export interface DemoRun {
  readonly child: ChildProcess;
  readonly output: () => string;
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>;
}

/** `make demo`, or another one, without make, deciding by itself, with nobody at a terminal. */
export async function startDemo(
  { dataDir, workspace, port }: DemoFolders,
  program: 'demo.ts' | 'demo-warden.ts' = 'demo.ts',
): Promise<DemoRun> {
  const env: NodeJS.ProcessEnv = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    DEMO_UNATTENDED: '1',
    TEMPORAL_ADDRESS: `127.0.0.1:${port}`,
    PERDURE_DATA_DIR: dataDir,
    PERDURE_WORKSPACE: workspace,
    PERDURE_SIMULATOR_PORT: String(await freePort()),
    PERDURE_ADMIN_PORT: String(await freePort()),
    PERDURE_SIMULATOR_DELAY_MS: '0',
  };
  const child = spawn(process.execPath, [join(projectRoot, 'temporal', program)], {
    cwd: projectRoot,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  const ended = once(child, 'close').then(([code]) => code as number | null); // As Node documents the event.
  return { child, output: () => output, ended };
}

/** Resolves once no process that was started for this folder runs; one that was told to end may take a moment. */
export function untilNothingRuns(dataDir: string): Promise<void> {
  return until(
    'nothing runs any more',
    () => processesOf(dataDir).length === 0,
    () => processesOf(dataDir).join('\n'),
  );
}

/** Whether a process that was started for this folder still runs. Knows it from Linux's /proc; elsewhere it can't tell. */
function processesOf(dataDir: string): string[] {
  return readIfThere('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return [];
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
      if (!environment.includes(`PERDURE_DATA_DIR=${dataDir}`)) return [];
      return [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')];
    } catch {
      // It ended meanwhile, or is another user's.
      return [];
    }
  });
}

function readIfThere(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
