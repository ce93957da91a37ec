/**
 * Records the histories that `test/workflows/replay.test.ts` replays, from agents on a real server with the workflow
 * code as it is now: `node test/support/record-histories.ts [name...]`, with names only those. Record anew when an old
 * history is meant to fail, that is when no agent can live any more that began with the old code; otherwise guard the
 * change with `patched`, and record what only the new code does under a name of its own.
 */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { dataConverter } from '../../src/contracts/data-converter.ts';
import type { LoadedDefinition } from '../../src/contracts/activities.ts';
import { parseDefinitionFile } from '../../src/core/definition-file.ts';
import { switchOfModels } from './models.ts';
import {
  furnishDesk,
  modelsOfRecordedAgents,
  recordedAgents,
  recordedDefinitions,
} from './recorded-agents.ts';
import { Stage } from './stage.ts';
import { TemporalCli } from './temporal-cli.ts';
import { WebhookReceiver } from './webhook-receiver.ts';

const folder = join(import.meta.dirname, '../histories');
const mustFail = join(folder, 'must-fail');
const messages = join(folder, 'messages');
/** Low, so that an agent continues as new after a few turns and its histories stay small. */
const suggestAfterEvents = 130;

async function record(only: readonly string[]): Promise<void> {
  const names = Object.keys(recordedAgents).filter((name) => only.length === 0 || only.includes(name));
  await mkdir(messages, { recursive: true });
  if (only.length === 0) await clear(folder);
  if (only.length === 0) await clear(mustFail);
  // Whether people are told is settled by the worker that starts an agent.
  const told = names.filter((name) => recordedAgents[name]?.isTold === true);
  const others = names.filter((name) => !told.includes(name));
  if (told.length > 0) {
    const receiver = await WebhookReceiver.start();
    const env = { PERDURE_NOTIFY_URL: receiver.url.href, PERDURE_NOTIFY_SECRET: receiver.secret };
    await onStage(env, async (stage) => {
      await Promise.all(told.map((name) => recordAgent(stage, name)));
    });
    await receiver.stop();
  }
  if (names.length > 0 && others.length === 0) return;
  await onStage({}, async (stage) => {
    await furnishDesk(stage);
    await Promise.all(others.map((name) => recordAgent(stage, name)));
    if (only.length === 0) await recordVariant(stage);
    await recordMessages(stage, only);
  });
}

async function onStage(
  env: Readonly<Record<string, string>>,
  work: (stage: Stage) => Promise<void>,
): Promise<void> {
  const probes = await mkdtemp(join(tmpdir(), 'perdure-record-'));
  const models = await switchOfModels(modelsOfRecordedAgents());
  const stage = await Stage.create({
    modelUrl: models.url,
    definitions: recordedDefinitions,
    dynamicConfig: { 'limit.historyCount.suggestContinueAsNew': suggestAfterEvents },
    toolsDir: join(import.meta.dirname, 'probe-tools'),
    env: { PROBE_FOLDER: probes, ...env },
    fromSource: true,
  });
  try {
    await work(stage);
  } finally {
    await stage.dispose();
    await models.close();
    await rm(probes, { recursive: true });
  }
}

async function recordAgent(stage: Stage, name: string): Promise<void> {
  const { definition, meanwhile, ownModels, forkOf } = recordedAgents[name]!;
  const model = ownModels === true ? {} : { model: name };
  const temporal = await TemporalCli.at(stage);
  const first = forkOf ? `${name}-origin` : name;
  await stage.gateway.start({ agent: definition, input: 'Go.', requester: 'ann', ...model }, { id: first });
  if (forkOf) {
    await forkOf.meanwhile({ stage, temporal, id: first });
    await stage.gateway.result(first);
    await stage.gateway.fork(first, forkOf.how, { id: name });
  }
  await meanwhile({ stage, temporal, id: name });
  const outcome = await stage.gateway.result(name);
  const runs: { runId: string; startTime: Date }[] = [];
  // A run that a reset has ended is the beginning of another one.
  const query = `WorkflowId = '${name}' AND ExecutionStatus != 'Terminated'`;
  for await (const info of stage.client.workflow.list({ query })) runs.push(info);
  runs.sort((a, b) => a.startTime.getTime() - b.startTime.getTime());
  for (const [at, { runId }] of runs.entries())
    await save(stage, join(folder, `${name}${at === 0 ? '' : `-${at + 1}`}.json`), name, runId);
  console.log(`${name}: ${outcome.status}, ${runs.length} ${runs.length === 1 ? 'run' : 'runs'}`);
}

/** An agent that is not there, is started and spoken to; the same agent once more; one that never is. And what asks rather than tells. */
async function recordMessages(stage: Stage, only: readonly string[]): Promise<void> {
  const start = { agent: 'listener', model: 'none' };
  const said: Readonly<Record<string, object>> = {
    'started-and-told': { agent: 'spoken-to', text: 'Hello', start },
    told: { agent: 'spoken-to', event: { name: 'tick', payload: { n: 1 } }, start },
    'nobody-told': { agent: 'nobody', text: 'Hello' },
    'started-unasked': { agent: 'asked-agent', text: 'Hello', start },
    asked: { agent: 'asked-agent', event: { name: 'tick', payload: { n: 1 } }, start },
    'nobody-asked': { agent: 'nobody', text: 'Hello' },
  };
  for (const [id, message] of Object.entries(said)) {
    if (only.length > 0 && !only.includes('messages') && !only.includes(id)) continue;
    const options = { taskQueue: 'perdure', workflowId: id, args: [message] };
    await stage.client.workflow.execute('messageAgent', options).catch(() => undefined);
    await save(stage, join(messages, `${id}.json`), id);
  }
}

/** What agents are told of their definition, so that they get past it and to what is different. */
function variantDefinition(): LoadedDefinition {
  const text = '---\nname: variant\nmodel: none\n---\nDo something else.\n';
  const parsed = parseDefinitionFile(text, 'variant.md');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return { definition: parsed.definition, manifests: [] };
}

/** The history of a workflow that has the agents' name and is another one. */
async function recordVariant(stage: Stage): Promise<void> {
  Runtime.install({ logger: new DefaultLogger('WARN') });
  const connection = await NativeConnection.connect({ address: stage.address });
  const worker = await Worker.create({
    ...{ connection, dataConverter, taskQueue: 'variant' },
    workflowsPath: join(import.meta.dirname, 'variant-workflow.ts'),
    activities: {
      loadDefinition: () => Promise.resolve(variantDefinition()),
      askOracle: (name: string) => Promise.resolve(`${name} is asked`),
    },
  });
  const start = { taskQueue: 'variant', workflowId: 'variant', args: [{ agent: 'variant' }] };
  await worker.runUntil(stage.client.workflow.execute('persistentAgent', start));
  await connection.close();
  await save(stage, join(mustFail, 'another-workflow.json'), 'variant');
}

async function save(stage: Stage, file: string, id: string, runId?: string): Promise<void> {
  const history = await stage.client.workflow.getHandle(id, runId).fetchHistory();
  // Who worked on it and where is of no interest to a replay, and differs each time.
  const json = historyToJSON(history)
    .replaceAll(/"identity": *"[^"]*"/g, '"identity":"recorded"')
    .replaceAll(new RegExp(`"name": *"${hostname()}-`, 'g'), '"name":"recorded-');
  const withoutStacks = (key: string, value: unknown): unknown => (key === 'stackTrace' ? undefined : value);
  await writeFile(file, `${JSON.stringify(JSON.parse(json, withoutStacks))}\n`);
}

async function clear(path: string): Promise<void> {
  await mkdir(path, { recursive: true });
  for (const name of await readdir(path)) if (name.endsWith('.json')) await rm(join(path, name));
}

await record(process.argv.slice(2));
