import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { DemoKind } from './demo-kind.ts';
import { freePort, isFree } from './free-port.ts';
import { SetupError } from './setup-error.ts';

export const projectRoot = dirname(import.meta.dirname);
const usualSimulatorPort = 4_500;
const usualAdminPort = 4_400;
/** Whoever presses Ctrl-C waits for it. A model call that is cut off is made again by the next run. */
const graceSeconds = 3;

/** Every agent that a demo of this definition starts has an id with this beginning, whatever its place. */
export function demoPrefix({ definition }: Pick<DemoKind, 'definition'>): string {
  return `${definition}-demo-`;
}

/** Where a demo keeps what it needs, and how its agents are told from those of another demo. */
export interface DemoPlace {
  readonly dataDir: string;
  readonly workspace: string;
  readonly ledgerFile: string;
  /** Ids of this place's agents start with this: an agent goes on only with the files and the ledger it began with. */
  readonly agentPrefix: string;
  /** Task queue on a Temporal server that others use too: their workers have other files. */
  readonly sharedTaskQueue: string;
}

export function demoPlace(env: NodeJS.ProcessEnv, kind: DemoKind): DemoPlace {
  const dataDir = resolve(env['PERDURE_DATA_DIR'] ?? join(projectRoot, '.perdure', kind.dataFolder));
  const workspace = resolve(env['PERDURE_WORKSPACE'] ?? kind.workspace);
  if (!existsSync(workspace)) {
    throw new SetupError(`There is no folder ${workspace}: correct PERDURE_WORKSPACE, or leave it out.`);
  }
  const place = createHash('sha256')
    .update(JSON.stringify([hostname(), dataDir, workspace]))
    .digest('hex');
  const short = place.slice(0, 6);
  return {
    dataDir,
    workspace,
    ledgerFile: join(dataDir, 'ledger.sqlite'),
    agentPrefix: `${demoPrefix(kind)}${short}-`,
    sharedTaskQueue: `perdure-demo-${short}`,
  };
}

/** The port that a variable names, or the usual one, if it is free; another one otherwise. */
async function usablePort(given: string | undefined, usual: number): Promise<string> {
  const port = Number(given || usual);
  const isUsable = Number.isInteger(port) && port > 0 && port < 65_536 && (await isFree(port));
  return String(isUsable ? port : await freePort());
}

/** The environment for the stack: the shipped agents and input unless others are named, and ports that are free. */
export async function demoEnvironment(
  env: NodeJS.ProcessEnv,
  { dataDir, workspace }: DemoPlace,
): Promise<NodeJS.ProcessEnv> {
  return {
    ...env,
    PERDURE_DATA_DIR: dataDir,
    PERDURE_WORKSPACE: workspace,
    PERDURE_AGENTS_DIR: resolve(env['PERDURE_AGENTS_DIR'] ?? join(projectRoot, 'agents')),
    PERDURE_SHUTDOWN_GRACE_SECONDS: env['PERDURE_SHUTDOWN_GRACE_SECONDS'] ?? String(graceSeconds),
    PERDURE_SIMULATOR_PORT: await usablePort(env['PERDURE_SIMULATOR_PORT'], usualSimulatorPort),
    PERDURE_ADMIN_PORT: await usablePort(env['PERDURE_ADMIN_PORT'], usualAdminPort),
  };
}
