import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, type Worker } from '@temporalio/worker';
import { openArtifacts } from '../../src/activities/file-artifacts.ts';
import type { NotifierPort } from '../../src/activities/ports.ts';
import { createOpenAiModel } from '../../src/activities/openai/openai-model.ts';
import { StatusDocument } from '../../src/contracts/status.ts';
import type { ModelAnswer } from '../../src/simulator/model-answer.ts';
import { createModelServer, type ModelRequest, type ModelServer } from '../../src/simulator/model-server.ts';
import type { AnyTool } from '../../src/tools/define-tool.ts';
import { type Ledger, openLedger } from '../../src/tools/ledger.ts';
import { tools } from '../../src/tools/registry.ts';

import { openWorkspace } from '../../src/tools/workspace.ts';
import { workflowCode } from './workflow-code.ts';
import { createAgentWorker, createToolWorker } from '../../src/worker/create-workers.ts';
import { temporalAgents } from '../../src/worker/temporal-agents.ts';
import { temporalRecords } from '../../src/worker/temporal-records.ts';
import { heapBytes, memoryPlan } from '../../src/worker/memory-plan.ts';
import {
  ensureSearchAttributes,
  searchAttributeNames,
  searchAttributesToAdd,
} from '../../src/worker/search-attributes.ts';
import { testServer } from '../../temporal/servers.ts';
import { mcpServers } from './mcp/servers.ts';
import { memoriesIn } from './memories.ts';
import type { TestServer } from './test-server.ts';
import { update } from './update.ts';

/** An answer, or a function that makes one when it is asked. */
export type Step = ModelAnswer | ((request: ModelRequest) => ModelAnswer | Promise<ModelAnswer>);

export interface LabAgent {
  readonly handle: WorkflowHandle;
  readonly status: () => Promise<StatusDocument>;
  /** Polls until the status fits; says what it was if it never does. */
  readonly until: (fits: (status: StatusDocument) => boolean) => Promise<StatusDocument>;
  readonly send: (name: string, payload: object) => Promise<StatusDocument>;
  /** What is left of the script; empty at the end of a good test. */
  readonly script: Step[];
}

const builtWorkflows = join(import.meta.dirname, '../../dist/workflow-bundle.js');
const POLL_MS = 20;
/** Far more than any step takes; reached only when something is wrong. */
const GIVE_UP_MS = 15_000;

/** Real workflow, activities, tools and HTTP on a server whose time can be moved; the model follows a script. */
export class AgentLab {
  readonly env: TestWorkflowEnvironment;
  readonly folder: string;
  readonly ledger: Ledger;
  readonly #model: ModelServer;
  readonly #scripts: Map<string, Step[]>;
  readonly #workers: Worker[];
  readonly #running: Promise<unknown>;
  #count = 0;

  /**
   * On the time-skipping server, with the workflows bundled from source, or on the given one, with those of the build, which
   * must be there; with tools beside those that are shipped, and somebody who is told.
   */
  static async create(
    server?: Pick<TestServer, 'address' | 'namespace'>,
    more: readonly AnyTool[] = [],
    notifier?: NotifierPort,
  ): Promise<AgentLab> {
    // What goes wrong shows in the tests; the SDK's warnings about the test server's age are noise.
    Runtime.install({
      logger: new DefaultLogger('ERROR'),
      telemetryOptions: { logging: { filter: 'ERROR', forward: {} } },
      shutdownSignals: [],
    });
    const env = await (server === undefined ? createTimeSkipping() : createOn(server));
    const folder = await mkdtemp(join(tmpdir(), 'perdure-lab-'));
    const scripts = new Map<string, Step[]>();
    const model = await createModelServer(async (request) => {
      const step = scripts.get(request.body.model)?.shift();
      if (step === undefined)
        return { fault: 'status', status: 400, body: { error: { message: 'not in the script' } } };
      return typeof step === 'function' ? step(request) : step;
    });
    const ledger = openLedger(join(folder, 'ledger.sqlite'));
    const known = new Map([...tools, ...more.map((tool) => [tool.manifest.name, tool] as const)]);
    const bundle = server === undefined ? { code: await workflowCode() } : { codePath: builtWorkflows };
    const workers = await labWorkers(env, folder, model.url, ledger, known, notifier, bundle);
    return new AgentLab(env, folder, ledger, model, scripts, workers);
  }

  private constructor(
    env: TestWorkflowEnvironment,
    folder: string,
    ledger: Ledger,
    model: ModelServer,
    scripts: Map<string, Step[]>,
    workers: Worker[],
  ) {
    this.env = env;
    this.folder = folder;
    this.ledger = ledger;
    this.#model = model;
    this.#scripts = scripts;
    this.#workers = workers;
    this.#running = Promise.all(workers.map((worker) => worker.run()));
  }

  /** Writes a definition with this front matter and starts an agent of it whose model follows the script. */
  async start(frontMatter: string, script: Step[], input = 'the goal'): Promise<LabAgent> {
    this.#count += 1;
    const name = `agent-${this.#count}`;
    this.#scripts.set(name, script);
    const text = `---\nname: ${name}\nmodel: ${name}\n${frontMatter}\n---\nDo as you are told.\n`;
    await writeFile(join(this.folder, `${name}.md`), text);
    const handle = await this.env.client.workflow.start('persistentAgent', {
      taskQueue: 'lab',
      workflowId: name,
      args: [{ agent: name, input }],
    });
    const status = async () => StatusDocument.parse(await handle.query('status'));
    return {
      handle,
      status,
      until: (fits) => poll(status, fits),
      send: async (name, payload) => StatusDocument.parse(await update(handle, name, payload)),
      script,
    };
  }

  async dispose(): Promise<void> {
    for (const worker of this.#workers) worker.shutdown();
    await this.#running;
    await this.env.teardown();
    await this.#model.close();
    this.ledger.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function createTimeSkipping(): Promise<TestWorkflowEnvironment> {
  const executable = { type: 'existing-path' as const, path: await testServer() };
  const env = await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } });
  // This server can't list search attributes, so the worker's own check does not work here.
  const searchAttributes = searchAttributesToAdd(searchAttributeNames);
  await env.connection.operatorService.addSearchAttributes({ namespace: 'default', searchAttributes });
  return env;
}

async function createOn({
  address,
  namespace,
}: Pick<TestServer, 'address' | 'namespace'>): Promise<TestWorkflowEnvironment> {
  const env = await TestWorkflowEnvironment.createFromExistingServer({ address, namespace });
  await ensureSearchAttributes(env.nativeConnection, namespace);
  return env;
}

async function labWorkers(
  env: TestWorkflowEnvironment,
  folder: string,
  baseUrl: string,
  ledger: Ledger,
  known: ReadonlyMap<string, AnyTool>,
  notifier: NotifierPort | undefined,
  workflowBundle: { code: string } | { codePath: string },
): Promise<Worker[]> {
  const agents = temporalAgents(env.nativeConnection, {
    namespace: env.namespace ?? 'default',
    taskQueue: 'lab',
  });
  const resources = { agents, workspace: openWorkspace(folder), ledger, now: () => new Date() };
  const mcp = mcpServers();
  const parts = {
    options: { connection: env.nativeConnection, namespace: env.client.options.namespace },
    taskQueue: 'lab',
    workflowBundle,
    ports: {
      definitions: { agentsDir: folder, tools: known, mcp, notifies: notifier !== undefined },
      ...{ agents, notifier },
      records: temporalRecords(env.nativeConnection, { ...env.client.options, dataDir: folder }),
      model: createOpenAiModel({ baseUrl, apiKey: 'none' }),
      host: {
        ...{ tools: known, resources, artifacts: openArtifacts(join(folder, 'artifacts')) },
        mcp,
        memories: memoriesIn(join(folder, 'memory.sqlite')),
      },
    },
    plan: memoryPlan(heapBytes(), { modelSlots: 50, toolSlots: 50 }),
  };
  return [await createAgentWorker(parts), await createToolWorker(parts)];
}

async function poll(
  status: () => Promise<StatusDocument>,
  fits: (status: StatusDocument) => boolean,
): Promise<StatusDocument> {
  const deadline = performance.now() + GIVE_UP_MS;
  for (;;) {
    const now = await status();
    if (fits(now)) return now;
    if (performance.now() > deadline)
      throw new Error(`it never came to that; it is ${JSON.stringify(now, null, 1)}`);
    await pause(POLL_MS);
  }
}

/** A reply that calls tools. */
export function calls(...toolCalls: [name: string, args: Record<string, unknown>][]): ModelAnswer {
  return { toolCalls: toolCalls.map(([name, args]) => ({ name, arguments: args })) };
}

export function finish(result: unknown = 'done'): ModelAnswer {
  return calls(['finish', { result }]);
}
