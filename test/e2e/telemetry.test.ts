import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { StatusDocument } from '../../src/contracts/status.ts';
import type { Admin } from '../support/admin.ts';
import { Caller, makeToken, startApi } from '../support/api.ts';
import { calls, finish, type ModelSwitch, switchOfModels } from '../support/models.ts';
import {
  type OtlpReceiver,
  type ReceivedSpan,
  startOtlpReceiver,
  untilSpan,
  untilWhole,
} from '../support/otlp-receiver.ts';
import {
  ordersSecret,
  suggestAfterEvents,
  watch,
  watchedTurns,
  watcherDefinitions,
  watcherModels,
} from '../support/watcher.ts';
import { Stage, until } from '../support/stage.ts';
import { sendWebhook } from '../support/webhook-sender.ts';

const tools = 'tools: { delegate: auto, write_file: approve, list_files: auto, note: auto, finish: auto }';
const definitions = {
  boss: `model: boss\n${tools}\n---\nLet the helper look, then write.`,
  helper: `model: helper\n${tools}\n---\nLook.`,
  ...watcherDefinitions,
};
/** What must not be told to a collector that nobody has asked to keep it. */
const prompt = 'the-goal-is-a-secret';
const argument = 'the-argument-is-a-secret';
const apiKey = 'sk-secret-of-the-model-server';
const signalPauseMs = 20;

const script = (id: string) => [
  calls(['delegate', { agent: 'helper', input: prompt }]),
  calls(['write_file', { path: `${id}.txt`, content: argument }]),
  finish(argument),
];
const look = [calls(['list_files', { path: '.' }]), finish(prompt)];

describe('an agent that is traced and counted', () => {
  let models: ModelSwitch;
  let receiver: OtlpReceiver;
  let stage: Stage;
  let admin: Admin;
  let ann: Caller;

  before(async () => {
    models = await switchOfModels({
      boss: { script: [...script('traced'), ...script('shown')] },
      helper: { script: [...look, ...look] },
      ...{ watcher: { script: watch(prompt) }, ...watcherModels },
      alone: { script: [finish('done'), finish('done'), finish('done')] },
      patient: {
        script: [calls(['write_file', { path: 'patient.txt', content: argument }]), finish(argument)],
      },
    });
    receiver = await startOtlpReceiver();
    stage = await Stage.create({
      ...{ modelUrl: models.url, definitions, env: { OPENAI_API_KEY: apiKey } },
      dynamicConfig: { 'limit.historyCount.suggestContinueAsNew': suggestAfterEvents },
    });
    await stage.worker.stop();
    admin = await startApi(stage, { ...otlp(), ORDERS_SECRET: ordersSecret });
    ann = new Caller(admin, makeToken(stage.dataDir, 'ann', 'admin'));
  });
  after(async () => {
    await admin.child.stop();
    await stage.dispose();
    await models.close();
    await receiver.close();
  });

  const otlp = (): Record<string, string> => ({
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_BSP_SCHEDULE_DELAY: '100',
  });
  const workerLog = (): string => readFileSync(join(stage.folder, 'worker.log'), 'utf8');
  const ofAgent = (id: string): ReceivedSpan[] =>
    receiver.spans().filter(({ attributes }) => attributes['gen_ai.agent.id'] === id);

  const named = (id: string, name: string) => (span: ReceivedSpan) =>
    span.name === name && span.attributes['gen_ai.agent.id'] === id;

  async function runOverHttp(id: string): Promise<void> {
    const started = await ann.post('/agents', { agent: 'boss', input: prompt, id });
    assert.equal(started.status, 201, started.text);
    const { approvals } = await stage.untilStatus(id, (status) => status.approvals.length > 0);
    const decided = await ann.post<StatusDocument>(`/agents/${id}/approvals/${approvals[0]!.id}/decision`, {
      decision: 'approve',
    });
    assert.equal(decided.status, 200, decided.text);
    await stage.gateway.result(id);
  }

  it('loads nothing of OpenTelemetry, and serves nothing, unless it is told to', async () => {
    const loaded = join(stage.folder, 'loaded.txt');
    const hook = join(import.meta.dirname, '../support/loaded-modules.ts');
    const env = { NODE_OPTIONS: `--import ${hook}`, LOADED_MODULES_FILE: loaded };
    const worker = await stage.startWorker({ env });
    await stage.gateway.start({ agent: 'helper', input: 'x', model: 'alone' }, { id: 'plain' });
    await stage.gateway.result('plain');
    await worker.stop();
    const modules = readFileSync(loaded, 'utf8');
    assert.match(modules, /node_modules\/@temporalio\/worker/);
    assert.doesNotMatch(modules, /@opentelemetry|prom-client/);
    assert.doesNotMatch(workerLog(), /metrics at|trace_id/);
  });

  it('is one trace: request, workflow, turns, model and tool calls, the agent below', async () => {
    await stage.startWorker({ env: { ...otlp(), PERDURE_METRICS_PORT: '0' } });
    await runOverHttp('traced');
    const end = await untilSpan(receiver, 'its end', named('traced', 'invoke_agent boss'));
    const post = await untilSpan(receiver, 'the request', ({ name }) => name === 'POST /api/v1/agents');
    const { traceId } = end;
    assert.deepEqual([post.traceId, post.service], [traceId, 'perdure-admin']);
    const spans = (): ReceivedSpan[] => receiver.spans().filter((span) => span.traceId === traceId);
    const only = (name: string, under?: ReceivedSpan): ReceivedSpan => {
      const found = spans().filter(
        (span) => span.name === name && (under === undefined || span.parentSpanId === under.spanId),
      );
      assert.equal(found.length, 1, `${name}: ${JSON.stringify(spans().map((span) => span.name))}`);
      return found[0]!;
    };
    await until('the child has been told of', () =>
      spans().some(({ name }) => name === 'invoke_agent helper'),
    );
    const agent = only('agent boss', post);
    assert.equal(end.parentSpanId, agent.spanId);
    const turn = only('turn 1', agent);
    const chat = only('chat boss', only('callModel', turn));
    assert.equal(chat.kind, 3);
    const { attributes } = chat;
    assert.deepEqual(
      ['gen_ai.operation.name', 'gen_ai.request.model', 'gen_ai.response.model', 'perdure.turn'].map(
        (name) => attributes[name],
      ),
      ['chat', 'boss', 'boss', 1],
    );
    assert.ok(Number(attributes['gen_ai.usage.input_tokens']) > 0);
    const below = only('agent helper', turn);
    const execute = only('execute_tool list_files');
    assert.equal(execute.attributes['perdure.effect'], 'pure');
    assert.match(String(execute.attributes['perdure.key']), /\/1\/0\/[0-9a-f]+$/);
    const activity = spans().find(({ spanId }) => spanId === execute.parentSpanId);
    assert.equal(activity?.parentSpanId, only('turn 1', below).spanId);
    const write = only('execute_tool write_file');
    assert.equal(write.attributes['perdure.turn'], 2);
    // It was sent while people were still being asked, and named a parent that came when they had decided.
    only('callModel', only('turn 2', agent));
    await untilWhole(receiver, traceId, post.spanId);
  });

  it('is one trace from a webhook on, over runs, and with agents that it starts, delegates to and is told by', async () => {
    const traceId = 'c0ffee00'.repeat(4);
    const tell = async (headers: Record<string, string>): Promise<void> => {
      assert.equal((await sendWebhook(admin, 'orders', ordersSecret, { headers })).status, 202);
    };
    const handle = stage.client.workflow.getHandle('watcher-main');
    const untilIdle = (turns: number): Promise<StatusDocument> =>
      stage.untilStatus('watcher-main', ({ turn, status }) => turn >= turns && status === 'waiting');
    await tell({ traceparent: `00-${traceId}-1234567890abcdef-01` });
    // It is begun by a workflow that hands the event on.
    const isBegun = `WorkflowId = 'watcher-main'`;
    await until('somebody is told', async () => (await stage.client.workflow.count(isBegun)).count > 0);
    await untilIdle(2 + watchedTurns);
    const { runId: laterRun, raw } = await handle.describe();
    assert.notEqual(laterRun, raw.workflowExecutionInfo?.firstRunId);
    // In a trace of its own, which what it leads to is not in.
    await tell({});
    await untilIdle(4 + watchedTurns);
    const spans = (): ReceivedSpan[] => receiver.spans().filter((span) => span.traceId === traceId);
    const of = (name: string): ReceivedSpan[] => spans().filter((span) => span.name === name);
    const above = (name: string) => spans().find(({ spanId }) => spanId === of(name)[0]?.parentSpanId);
    // Those above, too: the span of a turn is sent when it ends.
    const isTold = (name: string) => of(`invoke_${name}`).length > 0 && above(name) !== undefined;
    const wanted = ['agent freed', 'agent below'];
    await until('all have been told of', () => of('agent watcher').length > 1 && wanted.every(isTold));
    const runs = new Set(of('agent watcher').map(({ attributes }) => attributes['temporal.workflow.run_id']));
    assert.ok(runs.size > 1 && runs.has(laterRun), [...runs].join(', '));
    assert.equal(above('agent below')?.attributes['temporal.workflow.run_id'], laterRun);
    assert.equal(above('agent freed')?.name, 'execute_tool start_agent');
    await untilWhole(receiver, traceId, '1234567890abcdef');
    await stage.gateway.cancel('watcher-main', 'seen enough');
  });

  it('has a turn in each run that it goes through, so that what was done before has a parent', async () => {
    await stage.gateway.start({ agent: 'boss', input: prompt, model: 'patient' }, { id: 'patient' });
    const { approvals } = await stage.untilStatus('patient', (status) => status.approvals.length > 0);
    const handle = stage.client.workflow.getHandle('patient');
    const { runId } = await handle.describe();
    // Does nothing but fill the history. A run does not end over a signal that comes just then.
    for (let index = 0; (await handle.describe()).runId === runId; index += 1) {
      await handle.signal('event', { name: 'noise', id: `noise-${index}` });
      await pause(signalPauseMs);
    }
    await ann.post(`/agents/patient/approvals/${approvals[0]!.id}/decision`, { decision: 'approve' });
    await stage.gateway.result('patient');
    await untilSpan(receiver, 'its end', named('patient', 'invoke_agent boss'));
    const root = await untilSpan(receiver, 'its beginning', named('patient', 'agent boss'));
    await untilWhole(receiver, root.traceId, root.spanId);
    const turns = ofAgent('patient').filter(({ name }) => name === 'turn 1');
    assert.equal(new Set(turns.map(({ parentSpanId }) => parentSpanId)).size, 2);
  });

  it('links an approval with the request that decided it, both ways', async () => {
    const asked = await untilSpan(receiver, 'the approval', named('traced', 'approval write_file'));
    assert.equal(asked.attributes['perdure.approval.outcome'], 'approve');
    const received = await untilSpan(receiver, 'the decision', named('traced', 'receive decide'));
    // Of another process, so it may come later.
    const request = await untilSpan(
      receiver,
      'the request',
      ({ spanId }) => spanId === received.parentSpanId,
    );
    assert.match(request.name, /^POST \/api\/v1\/agents\/:id\/approvals\/:approval\/decision$/);
    assert.deepEqual(
      asked.links.map(({ spanId }) => spanId),
      [request.spanId],
    );
    assert.equal(received.links[0]?.traceId, asked.traceId);
    assert.notEqual(received.traceId, asked.traceId);
  });

  it('begins a trace of its own when nobody sends one, with the id of its first run', async () => {
    const { firstExecutionRunId: run } = await stage.client.workflow.start('persistentAgent', {
      workflowId: 'alone',
      taskQueue: 'perdure',
      args: [{ agent: 'helper', input: prompt, model: 'alone' }],
    });
    await stage.gateway.result('alone');
    const end = await untilSpan(receiver, 'its end', named('alone', 'invoke_agent helper'));
    assert.equal(end.traceId, run.replaceAll('-', ''));
    const chat = await untilSpan(receiver, 'its model call', named('alone', 'chat alone'));
    assert.equal(chat.traceId, end.traceId);
    const root = ofAgent('alone').find(({ name }) => name === 'agent helper');
    assert.equal(root?.parentSpanId ?? '', '');
  });

  it('tells no collector what was said, nor a secret, and its log where to look', () => {
    for (const secret of [prompt, argument, apiKey]) assert.ok(!receiver.text().includes(secret), secret);
    const { traceId } = receiver.spans().find(named('traced', 'invoke_agent boss'))!;
    const lines = workerLog()
      .split('\n')
      .filter((line) => line.includes(traceId));
    assert.ok(
      lines.some((line) => line.includes('"agent":"traced"') && line.includes('tool write_file succeeded')),
      lines.join('\n'),
    );
  });

  it('is counted for Prometheus, together with what the SDK counts', async () => {
    const url = /metrics at (http:\/\/127\.0\.0\.1:\d+\/metrics)/.exec(workerLog())?.[1] ?? '';
    const text = await (await fetch(url)).text();
    const value = (line: string): number =>
      Number(
        text
          .split('\n')
          .find((one) => one.startsWith(line))
          ?.split(' ')
          .at(-1),
      );
    assert.ok(value('perdure_turns_total{definition="boss"}') >= 3, text);
    assert.ok(value('perdure_model_tokens_total{model="boss",kind="input"}') > 0);
    assert.ok(value('perdure_model_call_duration_seconds_count{model="helper"}') >= 2);
    assert.ok(
      value('perdure_tool_calls_total{tool="write_file",effect="idempotent",outcome="succeeded"}') >= 1,
      text,
    );
    assert.ok(value('perdure_approval_latency_seconds_count{subject="tool",outcome="approve"}') >= 1);
    assert.ok(value('perdure_waits_total{kind="approval"}') >= 1);
    assert.ok(value('perdure_agents_ended_total{definition="boss",status="completed"}') >= 1);
    assert.match(text, /^temporal_workflow_completed_total\{/m);
    assert.match(text, /^# TYPE temporal_activity_execution_latency_seconds histogram/m);
    assert.ok(!text.includes('traced'), 'no label has the id of an agent');
    assert.equal((await fetch(url.replace('/metrics', '/'))).status, 404);
  });

  it('has what was said in its spans when that is asked for', async () => {
    await stage.worker.stop();
    await stage.startWorker({
      env: { ...otlp(), OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'true' },
    });
    await runOverHttp('shown');
    await untilSpan(receiver, 'its end', named('shown', 'invoke_agent boss'));
    const chats = ofAgent('shown').filter(({ name }) => name === 'chat boss');
    assert.ok(chats.some(({ attributes }) => String(attributes['gen_ai.input.messages']).includes(prompt)));
    const write = ofAgent('shown').find(({ name }) => name === 'execute_tool write_file');
    assert.ok(String(write?.attributes['gen_ai.tool.call.arguments']).includes(argument));
    assert.ok(!receiver.text().includes(apiKey));
  });
});
