import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { searchAttributeTypes } from '../src/contracts/search-attributes.ts';
import { accountName } from '../src/runtime/account-name.ts';
import { type Child, startChild } from './child-process.ts';
import { freePort, isFree } from './free-port.ts';
import { temporalCli } from './servers.ts';
import { devNamespace, dynamicConfig, retentionDays, sqlitePragmas } from './settings.ts';
import { SetupError } from './setup-error.ts';

export interface DevServerOptions {
  /** Where closed and open agents are kept. Without it they live in memory only. */
  readonly dbFilename?: string;
  /** A free one if not given. */
  readonly port?: number;
  /** Without it there is no Web UI. */
  readonly uiPort?: number;
  readonly namespaceRetentionDays?: number;
  /** Settings of the server beside the measured ones. */
  readonly dynamicConfig?: Readonly<Record<string, string | number>>;
  /** Created if it is not there; "default" always is. */
  readonly namespace?: string;
  readonly logFile: string;
}

export interface DevServer {
  readonly address: string;
  readonly uiAddress: string | undefined;
  readonly pid: number;
  readonly child: Child;
  /** Ends it so that its database is closed; resolves when it is gone. */
  readonly stop: () => Promise<void>;
  readonly kill: (signal: NodeJS.Signals) => void;
}

/** A first start creates the database; on a slow disk that takes a while. */
const startTimeoutMs = 60_000;
const pollIntervalMs = 100;
const callTimeoutMs = 2_000;
/** A port that was free may be taken a moment later, twice in a row hardly ever. */
const portAttempts = 3;
const msPerDay = 86_400_000;

/**
 * Starts Temporal's dev server and resolves when it answers, knows the search attributes and keeps closed agents.
 * If it can't start, a `SetupError` carries the server's own last words.
 */
export async function startDevServer(options: DevServerOptions): Promise<DevServer> {
  const cli = await temporalCli();
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port ?? (await freePort());
    // Whoever listens there would be taken for ours as long as ours has not yet given up.
    if (options.port !== undefined && !(await isFree(port)))
      throw new SetupError(`Port ${port} is in use: stop what listens there, or choose another.`);
    const server = await launch(cli, port, options);
    const problem = await becomeReady(server, options);
    if (problem === undefined) return server;
    await server.stop();
    // Its parts listen at ports of their own, which it picks itself.
    const wasTaken = problem.includes('address already in use');
    const mayHelp = wasTaken && (options.port === undefined || (await isFree(options.port)));
    if (!mayHelp || attempt === portAttempts) {
      throw new SetupError(`The Temporal dev server did not start on port ${port}: ${problem}`);
    }
  }
}

async function launch(cli: string, port: number, options: DevServerOptions): Promise<DevServer> {
  const child = await startChild({
    name: 'temporal',
    command: cli,
    args: serverArguments(port, options),
    // Without an account it asks the environment who it is, and gives up without an answer.
    env: { USER: accountName(), HOME: '/', ...process.env },
    logFile: options.logFile,
    isEntryPoint: false,
  });
  return {
    address: `127.0.0.1:${port}`,
    uiAddress: options.uiPort === undefined ? undefined : `http://127.0.0.1:${options.uiPort}`,
    pid: child.pid,
    child,
    stop: child.stop,
    kill: child.kill,
  };
}

function serverArguments(port: number, options: DevServerOptions): string[] {
  // The loopback address by number: "localhost" may mean ::1 to one program and 127.0.0.1 to another.
  const args = ['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port)];
  args.push(...(options.uiPort === undefined ? ['--headless'] : ['--ui-port', String(options.uiPort)]));
  if (options.namespace !== undefined) args.push('--namespace', options.namespace);
  for (const [name, type] of Object.entries(searchAttributeTypes))
    args.push('--search-attribute', `${name}=${type}`);
  for (const [key, value] of Object.entries({ ...dynamicConfig, ...options.dynamicConfig }))
    args.push('--dynamic-config-value', `${key}=${value}`);
  if (options.dbFilename === undefined) return args;
  for (const [name, value] of Object.entries(sqlitePragmas)) args.push('--sqlite-pragma', `${name}=${value}`);
  return [...args, '--db-filename', options.dbFilename];
}

/** Returns what is wrong, or undefined when the server is ready. */
async function becomeReady(server: DevServer, options: DevServerOptions): Promise<string | undefined> {
  const deadline = performance.now() + startTimeoutMs;
  let last = 'it never answered';
  while (performance.now() < deadline) {
    if (server.child.exit() !== undefined) return server.child.lastLines() || 'it exited without a word';
    const problem = await prepare(server.address, options);
    // Somebody else may answer on this port while ours is about to give up because of that.
    if (problem === undefined && server.child.exit() === undefined) return undefined;
    last = problem ?? last;
    await sleep(pollIntervalMs);
  }
  return `${last} within ${startTimeoutMs / 1000} s. ${server.child.lastLines()}`;
}

async function prepare(address: string, options: DevServerOptions): Promise<string | undefined> {
  const namespace = options.namespace ?? devNamespace;
  const days = options.namespaceRetentionDays ?? retentionDays;
  const connection = Connection.lazy({ address });
  try {
    await connection.withDeadline(Date.now() + callTimeoutMs, async () => {
      const { operatorService, workflowService } = connection;
      const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
      const missing = Object.keys(searchAttributeTypes).filter(
        (name) => customAttributes[name] === undefined,
      );
      if (missing.length > 0) throw new Error(`search attributes ${missing.join(', ')} are missing`);
      const workflowExecutionRetentionTtl = msToTs(days * msPerDay);
      await workflowService.updateNamespace({ namespace, config: { workflowExecutionRetentionTtl } });
    });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await connection.close();
  }
}
