import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import type { Access } from '../../src/client/access.ts';
import { Gateway } from '../../src/client/gateway.ts';
import { retries } from '../../src/client/retries.ts';
import { GatewayError } from '../../src/client/gateway-error.ts';
import { dataConverter } from '../../src/contracts/data-converter.ts';
import type { StatusDocument } from '../../src/contracts/status.ts';
import { type Child, startChild } from '../../temporal/child-process.ts';
import { serverEnvironment, startTestServer, type TestServer } from './test-server.ts';

const projectRoot = join(import.meta.dirname, '../..');
/** Each look is work for the worker that is looked at, so whoever has waited for long looks less often. */
const pollMs = { first: 50, most: 300, growth: 1.25 };
/** Reached only when something is wrong: processes restart and cores are shared. */
const giveUpMs = 180_000;
/** As long as the command line waits; what is only read comes from the history long before. */
const answerTimeoutMs = 15_000;

export const taskQueue = 'perdure';

export interface StageOptions {
  /** Base URL of the model server, with `/v1`. */
  readonly modelUrl: string;
  /** Front matter and instructions of each definition, by name; the name itself is put in. */
  readonly definitions?: Readonly<Record<string, string>>;
  /** Instead of a folder of the stage's own. */
  readonly agentsDir?: string;
  /** Tools that do not ship, for PERDURE_TOOLS_DIR. */
  readonly toolsDir?: string;
  /** More of the worker's environment, for what such tools need. */
  readonly env?: Readonly<Record<string, string>>;
  /** Settings of the server beside the usual ones. */
  readonly dynamicConfig?: Readonly<Record<string, number>>;
  /** Runs the worker from source rather than as built; it then takes some seconds to bundle its workflows. */
  readonly fromSource?: boolean;
}

/** A Temporal server, a worker as a process of its own, and a client: what a user has, in a temporary folder. */
export class Stage {
  readonly folder: string;
  readonly agentsDir: string;
  readonly workspace: string;
  readonly dataDir: string;
  readonly client: Client;
  readonly gateway: Gateway;
  readonly #server: TestServer;
  /** The one that was started last, and all. */
  #worker: Child | undefined;
  readonly #workers = new Set<Child>();
  readonly #modelUrl: string;
  readonly #moreEnv: Readonly<Record<string, string>>;
  readonly #entry: string;
  readonly connection: Connection;

  static async create(options: StageOptions): Promise<Stage> {
    const folder = await mkdtemp(join(tmpdir(), 'perdure-stage-'));
    const agentsDir = options.agentsDir ?? join(folder, 'agents');
    for (const name of ['agents', 'workspace', 'data']) await mkdir(join(folder, name));
    for (const [name, text] of Object.entries(options.definitions ?? {}))
      await writeFile(join(agentsDir, `${name}.md`), `---\nname: ${name}\n${text.trim()}\n`);
    const { dynamicConfig } = options;
    const server = await startTestServer({ folder, ...(dynamicConfig ? { dynamicConfig } : {}) });
    const connection = await Connection.connect({ address: server.address, interceptors: [retries] });
    const stage = new Stage(folder, agentsDir, server, connection, options);
    await stage.startWorker();
    return stage;
  }

  private constructor(
    folder: string,
    agentsDir: string,
    server: TestServer,
    connection: Connection,
    options: StageOptions,
  ) {
    this.folder = folder;
    this.agentsDir = agentsDir;
    this.workspace = join(folder, 'workspace');
    this.dataDir = join(folder, 'data');
    this.#server = server;
    this.connection = connection;
    this.#modelUrl = options.modelUrl;
    this.#moreEnv = { ...options.env, PERDURE_TOOLS_DIR: options.toolsDir ?? '' };
    this.#entry = options.fromSource === true ? 'src/worker/main.ts' : 'dist/worker/main.js';
    this.client = new Client({ connection, namespace: server.namespace, dataConverter });
    this.gateway = new Gateway(this.client, { taskQueue, answerTimeoutMs });
  }

  /** For what reads histories itself, with nobody told that no worker answered. */
  get access(): Access {
    return {
      ...{ client: this.client, taskQueue, answerTimeoutMs: 60_000 },
      onReadFromHistory: () => undefined,
    };
  }

  get address(): string {
    return this.#server.address;
  }

  get namespace(): string {
    return this.#server.namespace;
  }

  /** The variables with which programs find the server. */
  get environment(): ReturnType<typeof serverEnvironment> {
    return serverEnvironment(this.#server);
  }

  get ledgerFile(): string {
    return join(this.dataDir, 'ledger.sqlite');
  }

  get worker(): Child {
    if (this.#worker === undefined) throw new Error('there is no worker');
    return this.#worker;
  }

  /** Starts a worker, of another build or with other settings if so told, and resolves when the server has seen it poll. */
  async startWorker(of: { entry?: string; env?: Readonly<Record<string, string>> } = {}): Promise<Child> {
    const earlier = new Set(await this.#pollers());
    // With options of its own, a worker has no others: they are about its memory.
    const nodeArgs = this.#moreEnv['NODE_OPTIONS'] === undefined ? process.execArgv : [];
    const child = await startChild({
      name: 'worker',
      command: process.execPath,
      args: [...nodeArgs, of.entry ?? join(projectRoot, this.#entry)],
      env: {
        PATH: process.env['PATH'],
        ...this.environment,
        OPENAI_BASE_URL: this.#modelUrl,
        OPENAI_API_KEY: 'none',
        PERDURE_AGENTS_DIR: this.agentsDir,
        PERDURE_WORKSPACE: this.workspace,
        PERDURE_DATA_DIR: this.dataDir,
        PERDURE_SHUTDOWN_GRACE_SECONDS: '2',
        ...this.#moreEnv,
        ...of.env,
      },
      logFile: join(this.folder, 'worker.log'),
      isEntryPoint: true,
    });
    this.#worker = child;
    this.#workers.add(child);
    await until('the worker polls', async () => {
      if (child.exit() !== undefined) return true;
      return (await this.#pollers()).some((identity) => !earlier.has(identity));
    });
    return child;
  }

  /** Resolves when the worker is gone without having had time for anything. */
  async killWorker(): Promise<void> {
    this.worker.kill('SIGKILL');
    await this.worker.exited;
  }

  /** Kills the server and starts it again on the same database and port. */
  restartServer(): Promise<void> {
    return this.#server.restart();
  }

  /** Polls until the agent's status fits. A worker that is just being replaced is waited for. */
  async untilStatus(id: string, fits: (status: StatusDocument) => boolean): Promise<StatusDocument> {
    let last: unknown;
    const found: StatusDocument[] = [];
    await until(
      `agent ${id} gets there`,
      async () => {
        const status = await this.statusIfAnswered(id);
        if (status === undefined) return false;
        last = status;
        if (fits(status)) found.push(status);
        return found.length > 0;
      },
      () => JSON.stringify(last),
    );
    return found[0]!;
  }

  async statusIfAnswered(id: string): Promise<StatusDocument | undefined> {
    try {
      return await this.gateway.status(id);
    } catch (error) {
      if (error instanceof GatewayError && ['NoWorker', 'Unreachable'].includes(error.type)) return undefined;
      throw error;
    }
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.#workers].map((worker) => worker.stop()));
    await this.connection.close();
    await this.#server.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  async #pollers(): Promise<string[]> {
    const { pollers } = await this.connection.workflowService.describeTaskQueue({
      namespace: this.namespace,
      taskQueue: { name: taskQueue },
      taskQueueType: proto.temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    });
    return pollers.map(({ identity }) => identity ?? '');
  }
}

/** Polls until it holds; says what it waited for, and what it last saw, if that never comes. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  seen: () => string = () => '',
): Promise<void> {
  const deadline = performance.now() + giveUpMs;
  for (let ms = pollMs.first; !(await holds()); ms = Math.min(ms * pollMs.growth, pollMs.most)) {
    if (performance.now() > deadline) throw new Error(`it never came that ${what}. ${seen()}`);
    await pause(ms);
  }
}

/** Writes a file of a test, with the folders above it. */
export async function put(folder: string, path: string, content: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), content);
}
