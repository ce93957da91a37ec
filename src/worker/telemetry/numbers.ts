import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';
import { failures } from '../../contracts/failures.ts';
import type { AgentNews } from '../../contracts/trace.ts';

/** Who starts an agent may name any model, and definitions any tool; of each so many get a label of their own. */
const MAX_NAMES = 200;
const another = 'other';

/** From a quick model's answer to one that thinks for minutes. */
const callSeconds = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];
const toolSeconds = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60];
/** From somebody who was looking to somebody who was on holiday. */
const approvalSeconds = [10, 60, 300, 900, 3_600, 14_400, 86_400, 259_200, 604_800, 1_209_600];

/** Where a failure was: of a model call, of a tool call, or the end of an agent. */
export type FailureSource = 'model' | 'tool' | 'agent';

/** What this worker has seen since it started, and how it is written for Prometheus. Labels have no ids: of those there is no end. */
export class Numbers {
  readonly #registry = new Registry();
  readonly #names = new Map<string, Set<string>>();

  readonly #turns = this.#counter('perdure_turns_total', 'Turns that ended', ['definition']);
  readonly #modelCalls = this.#counter('perdure_model_calls_total', 'Calls of models, by how they ended', [
    'model',
    'outcome',
  ]);
  readonly #tokens = this.#counter('perdure_model_tokens_total', 'Tokens of models', ['model', 'kind']);
  readonly #cost = this.#counter('perdure_model_cost_usd_total', 'US dollars, where the price is known', [
    'model',
  ]);
  readonly #modelSeconds = this.#histogram(
    'perdure_model_call_duration_seconds',
    'Time from the request to the whole reply, or to the failure',
    { labels: ['model'], buckets: callSeconds },
  );
  readonly #toolCalls = this.#counter('perdure_tool_calls_total', 'Runs of tools, by how they ended', [
    'tool',
    'effect',
    'outcome',
  ]);
  readonly #toolSeconds = this.#histogram('perdure_tool_call_duration_seconds', 'Time that a tool ran', {
    labels: ['tool'],
    buckets: toolSeconds,
  });
  readonly #waits = this.#counter('perdure_waits_total', 'Times that an agent began to wait', ['kind']);
  readonly #approvalSeconds = this.#histogram(
    'perdure_approval_latency_seconds',
    'Time from the question to people until it was closed',
    { labels: ['subject', 'outcome'], buckets: approvalSeconds },
  );
  readonly #ended = this.#counter('perdure_agents_ended_total', 'Agents that ended', [
    'definition',
    'status',
  ]);
  readonly #failures = this.#counter('perdure_failures_total', 'Failures by type, see docs/failures.md', [
    'source',
    'type',
  ]);

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  agent(news: AgentNews): void {
    switch (news.type) {
      case 'turn-ended':
        this.#turns.inc({ definition: this.#known('definition', news.definition) });
        return;
      case 'wait-begun':
        this.#waits.inc({ kind: news.kind });
        return;
      case 'approval-closed': {
        const { subject, outcome, afterMs } = news;
        this.#approvalSeconds.observe({ subject, outcome }, afterMs / 1_000);
        return;
      }
      case 'agent-ended':
        this.#ended.inc({ definition: this.#known('definition', news.definition), status: news.status });
        if (news.failure !== undefined) this.#failed('agent', news.failure);
        return;
    }
  }

  /** `failure`: its type, if there was no reply. */
  modelCall(
    name: string,
    seconds: number,
    end: { inputTokens: number; outputTokens: number; usd: number } | { failure: string },
  ): void {
    const model = this.#known('model', name);
    this.#modelSeconds.observe({ model }, seconds);
    if ('failure' in end) {
      this.#modelCalls.inc({ model, outcome: 'failed' });
      this.#failed('model', end.failure);
      return;
    }
    this.#modelCalls.inc({ model, outcome: 'answered' });
    this.#tokens.inc({ model, kind: 'input' }, end.inputTokens);
    this.#tokens.inc({ model, kind: 'output' }, end.outputTokens);
    this.#cost.inc({ model }, end.usd);
  }

  toolCall(name: string, effect: string, seconds: number, failure: string | undefined): void {
    const tool = this.#known('tool', name);
    this.#toolCalls.inc({ tool, effect, outcome: failure === undefined ? 'succeeded' : 'failed' });
    this.#toolSeconds.observe({ tool }, seconds);
    if (failure !== undefined) this.#failed('tool', failure);
  }

  /** Tools name the types of their complaints as they like; what is not in the table is one of those. */
  #failed(source: FailureSource, type: string): void {
    this.#failures.inc({ source, type: Object.hasOwn(failures, type) ? type : another });
  }

  #known(label: string, name: string): string {
    const names = this.#names.get(label) ?? new Set();
    this.#names.set(label, names);
    if (!names.has(name) && names.size >= MAX_NAMES) return another;
    names.add(name);
    return name;
  }

  #counter<Label extends string>(name: string, help: string, labelNames: Label[]): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }

  #histogram<Label extends string>(
    name: string,
    help: string,
    { labels, buckets }: { labels: Label[]; buckets: number[] },
  ): Histogram<Label> {
    return new Histogram({ name, help, labelNames: labels, buckets, registers: [this.#registry] });
  }
}
