import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { Gateway } from '../../src/client/gateway.ts';
import { retries } from '../../src/client/retries.ts';
import { dataConverter } from '../../src/contracts/data-converter.ts';
import type { ModelAnswer } from '../../src/simulator/model-answer.ts';
import { createModelServer, type ModelServer } from '../../src/simulator/model-server.ts';
import { ruleReply } from '../../src/simulator/rule-model.ts';
import { ToolUnavailable } from '../../src/tools/define-tool.ts';
import { paymentsIn } from '../support/expected-payments.ts';
import { GrpcProxy } from './grpc-proxy.ts';
import { openAccount } from './invoices.ts';
import { lifeIn, replyTo } from './life.ts';
import { type Effect, Owner } from './owner.ts';
import { ServerProcess } from './server-process.ts';
import { SmallDisk } from './small-disk.ts';
import { WorkerProcess } from './worker-process.ts';

export const projectRoot = join(import.meta.dirname, '../..');
/** A worker that has just been killed is replaced, so nobody waits long for an answer. */
const answerTimeoutMs = 5_000;
const observerTimeoutMs = 60_000;
/** The models of the suite's own definition. */
const lifeModels = new Set(['first', 'second']);

/** What may become of a request to the model: nothing for the usual reply, an answer to give instead. */
export type ModelPassage = (agent: string) => Promise<ModelAnswer | undefined>;

export interface WorldOptions {
  /** The build that runs: `dist`, or a copy of it with a defect. */
  readonly build?: string;
  /** A run of an agent is over at so many events, so that short lives have several. */
  readonly eventsPerRun?: number;
  /** Whose files are on a disk that can be filled. */
  readonly smallDisks?: readonly ('server' | 'workers')[];
}

/**
 * Real processes on one machine: the dev server on a SQLite file and workers as built, each behind a proxy of its own; the
 * model, the owner of the effects and the people are here, where they see what the processes do.
 */
export class World {
  readonly folder: string;
  readonly server: ServerProcess;
  /** The one of the workers, with their ledger, their data and the workspace; undefined if it can't be filled. */
  readonly disk: SmallDisk | undefined;
  readonly owner: Owner;
  readonly model: ModelServer;
  /** The people's connection, which faults may hit. */
  readonly clientProxy: GrpcProxy;
  readonly gateway: Gateway;
  /** For looking at what became of it all; no fault hits it. */
  readonly observer: Gateway;
  readonly client: Client;
  readonly taskQueue: string;
  modelPassage: ModelPassage = () => Promise.resolve(undefined);
  workers: readonly WorkerProcess[] = [];
  readonly #through: Client;
  readonly #connections: readonly Connection[];
  readonly #options: WorldOptions;
  readonly #isShared: boolean;

  static async create(options: WorldOptions = {}): Promise<World> {
    const folder = await mkdtemp(join(tmpdir(), 'perdure-faults-'));
    const { eventsPerRun, smallDisks = [] } = options;
    const onSmallDisk = smallDisks.includes('server');
    const server = await ServerProcess.start(join(folder, 'server'), { eventsPerRun, onSmallDisk });
    return World.#build(folder, server, options, { taskQueue: 'perdure', isShared: false });
  }

  /** A world of its own on the same server: own workers, owner and model, under another task queue. */
  async lane(name: string): Promise<World> {
    const folder = join(this.folder, name);
    await mkdir(folder);
    return World.#build(folder, this.server, this.#options, { taskQueue: name, isShared: true });
  }

  static async #build(
    folder: string,
    server: ServerProcess,
    options: WorldOptions,
    { taskQueue, isShared }: { taskQueue: string; isShared: boolean },
  ): Promise<World> {
    const work = join(folder, 'work');
    await mkdir(work);
    const disk = options.smallDisks?.includes('workers') ? await SmallDisk.mount(work) : undefined;
    for (const name of ['workspace', 'data']) await mkdir(join(work, name));
    for (const agents of [join(projectRoot, 'agents'), join(import.meta.dirname, 'agents')])
      await cp(agents, join(folder, 'agents'), { recursive: true });
    const invoices = join(projectRoot, 'examples/invoice-desk');
    const notReports = (path: string): boolean => !path.includes('reports');
    await cp(invoices, join(work, 'workspace'), { recursive: true, filter: notReports });
    await openAccount(join(work, 'workspace'));
    // Made before anybody may lock it.
    paymentsIn(join(work, 'data', 'ledger.sqlite'));
    const owner = await Owner.start(join(folder, 'effects.sqlite'));
    const clientProxy = await GrpcProxy.start(() => server.address);
    // Lazy: a person may begin while the server is away.
    const [through, direct] = [
      Connection.lazy({ address: clientProxy.address, interceptors: [retries] }),
      Connection.lazy({ address: server.address, interceptors: [retries] }),
    ];
    const world: World = new World({
      ...{ folder, owner, clientProxy, taskQueue, isShared, server, disk, options },
      connections: [through, direct],
      model: await createModelServer((request) => world.#answer(request.body)),
    });
    world.workers = ['a', 'b'].map((name) => new WorkerProcess(name, world.#workerSettings(server)));
    await Promise.all(world.workers.map((worker) => worker.start()));
    return world;
  }

  private constructor(parts: {
    folder: string;
    owner: Owner;
    model: ModelServer;
    clientProxy: GrpcProxy;
    connections: [Connection, Connection];
    taskQueue: string;
    isShared: boolean;
    server: ServerProcess;
    disk: SmallDisk | undefined;
    options: WorldOptions;
  }) {
    const [through, direct] = parts.connections;
    this.folder = parts.folder;
    this.server = parts.server;
    this.disk = parts.disk;
    this.owner = parts.owner;
    this.model = parts.model;
    this.clientProxy = parts.clientProxy;
    this.taskQueue = parts.taskQueue;
    this.client = new Client({ connection: direct, dataConverter });
    const answered = { taskQueue: parts.taskQueue, answerTimeoutMs };
    this.#through = new Client({ connection: through, dataConverter });
    this.gateway = new Gateway(this.#through, answered);
    // Whoever looks at what is over has time: a worker that was suspended must first read histories.
    this.observer = new Gateway(this.client, { ...answered, answerTimeoutMs: observerTimeoutMs });
    this.#connections = parts.connections;
    this.#options = parts.options;
    this.#isShared = parts.isShared;
  }

  /** Folder of the build that runs. */
  get build(): string {
    return this.#options.build ?? join(projectRoot, 'dist');
  }

  get ledgerFile(): string {
    return join(this.folder, 'work', 'data', 'ledger.sqlite');
  }

  get workspace(): string {
    return join(this.folder, 'work', 'workspace');
  }

  /** A message that nobody answers, by the people's connection. */
  async signal(agent: string, name: string, payload: object): Promise<void> {
    await this.#through.workflow.getHandle(agent).signal<[object]>(name, payload);
  }

  /** What an operator finds out about an effect by asking its owner, who may be busy with it, or not able to say. */
  whatHappened(agent: string, item: string): 'done' | 'not done' | 'not known' {
    if (this.owner.isBusyWith(item)) return 'not known';
    try {
      return this.effectsOf(agent).some((effect) => effect.item === item) ? 'done' : 'not done';
    } catch (error) {
      if (error instanceof ToolUnavailable) return 'not known';
      throw error;
    }
  }

  /** Everything that happened for an agent: what the owner counted, and what the ledger paid. */
  effectsOf(agent: string): Effect[] {
    const paid = paymentsIn(this.ledgerFile).filter(({ invoice }) => invoice.includes(`${agent}-`));
    const payments = paid.map(({ invoice, key }) => ({ tool: 'pay_invoice', item: invoice, agent, key }));
    return [...this.owner.effectsOf(agent), ...payments];
  }

  /** Ends every process. The folder with its logs stays if somebody is to read them. */
  async close({ keep }: { keep: boolean }): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.stop()));
    for (const connection of this.#connections) await connection.close();
    await this.clientProxy.close();
    await this.model.close();
    await this.owner.close();
    await this.disk?.unmount({ keep });
    if (this.#isShared) return;
    await this.server.stop({ keep });
    if (!keep) await rm(this.folder, { recursive: true, force: true });
  }

  async #answer(body: Parameters<typeof ruleReply>[0]): Promise<ModelAnswer> {
    // The invoice desk is not of the suite's making; its model follows rules.
    if (!lifeModels.has(body.model)) return (await this.modelPassage('invoice-desk')) ?? ruleReply(body);
    return (await this.modelPassage(lifeIn(body).agent)) ?? replyTo(body);
  }

  #workerSettings(server: ServerProcess) {
    return {
      build: this.build,
      folder: this.folder,
      target: () => server.address,
      env: {
        OPENAI_BASE_URL: this.model.url,
        OPENAI_API_KEY: 'none',
        PERDURE_TASK_QUEUE: this.taskQueue,
        PERDURE_AGENTS_DIR: join(this.folder, 'agents'),
        PERDURE_TOOLS_DIR: join(import.meta.dirname, 'tools'),
        PERDURE_WORKSPACE: this.workspace,
        PERDURE_DATA_DIR: join(this.folder, 'work', 'data'),
        PERDURE_SHUTDOWN_GRACE_SECONDS: '1',
        FAULTS_OWNER_URL: this.owner.url,
      },
    };
  }
}
