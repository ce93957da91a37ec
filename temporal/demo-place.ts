import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { claimPort } from './claim-port.ts';
import type { DemoKind } from './demo-kind.ts';
import { freePort, isFree, portIn } from './free-port.ts';
import { SetupError } from './setup-error.ts';
import { writing } from './writing.ts';

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
  /** Of new agents on a server that others use as well: nobody else's worker looks there, which would have other files and another ledger. */
  readonly taskQueue: string;
  /** Of new agents on the demo's own server. */
  readonly ownTaskQueue: string;
}

/** Where every worker and every command look unless they are told otherwise. */
const usualTaskQueue = 'perdure';

export function demoPlace(env: NodeJS.ProcessEnv, kind: DemoKind): DemoPlace {
  const dataDir = resolve(env['PERDURE_DATA_DIR'] ?? join(projectRoot, '.perdure', kind.dataFolder));
  const workspace = resolve(env['PERDURE_WORKSPACE'] ?? kind.workspace);
  if (!existsSync(workspace)) {
    throw new SetupError(`There is no folder ${workspace}: correct PERDURE_WORKSPACE, or leave it out.`);
  }
  const place = createHash('sha256')
    .update(JSON.stringify([firstMachine(dataDir), dataDir, workspace]))
    .digest('hex');
  const short = place.slice(0, 6);
  const chosen = env['PERDURE_TASK_QUEUE'] || undefined;
  const taskQueue = chosen ?? `perdure-demo-${short}`;
  // The database of a demo's own server is in its data folder: only demos with other files share it.
  const isShipped = workspace === resolve(kind.workspace);
  return {
    dataDir,
    workspace,
    ledgerFile: join(dataDir, 'ledger.sqlite'),
    agentPrefix: `${demoPrefix(kind)}${short}-`,
    taskQueue,
    ownTaskQueue: chosen ?? (isShipped ? usualTaskQueue : taskQueue),
  };
}

/**
 * The name of the machine that first used this data folder. On a Temporal server that several machines use it tells their demos
 * apart; it is kept in the folder, so that this stays the same place in a new container or under a new name of the machine.
 */
function firstMachine(dataDir: string): string {
  const file = join(dataDir, 'machine');
  return writing(dataDir, () => {
    mkdirSync(dataDir, { recursive: true });
    if (!existsSync(file)) writeFileSync(file, hostname());
    return readFileSync(file, 'utf8');
  });
}

/** The port that a variable names, or the usual one, if it is free; another one otherwise. */
async function usablePort(env: NodeJS.ProcessEnv, variable: string, usual: number): Promise<string> {
  const port = await portIn(env, variable, usual);
  const isUsable = (await isFree(port)) && (port !== usual || claimPort(port));
  return String(isUsable ? port : await freePort());
}

/** The environment for the stack: the shipped agents and input unless others are named, and ports that are free. */
export async function demoEnvironment(
  env: NodeJS.ProcessEnv,
  { dataDir, workspace }: Pick<DemoPlace, 'dataDir' | 'workspace'>,
): Promise<NodeJS.ProcessEnv> {
  return {
    ...env,
    PERDURE_DATA_DIR: dataDir,
    PERDURE_WORKSPACE: workspace,
    PERDURE_AGENTS_DIR: resolve(env['PERDURE_AGENTS_DIR'] ?? join(projectRoot, 'agents')),
    PERDURE_SHUTDOWN_GRACE_SECONDS: env['PERDURE_SHUTDOWN_GRACE_SECONDS'] ?? String(graceSeconds),
    PERDURE_SIMULATOR_PORT: await usablePort(env, 'PERDURE_SIMULATOR_PORT', usualSimulatorPort),
    PERDURE_ADMIN_PORT: await usablePort(env, 'PERDURE_ADMIN_PORT', usualAdminPort),
  };
}
