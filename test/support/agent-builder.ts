import assert from 'node:assert/strict';
import type { Approval } from '../../src/contracts/approval.ts';
import { type Definition, EDITION } from '../../src/contracts/definition.ts';
import type { AgentEvent } from '../../src/contracts/event.ts';
import type { Rejection } from '../../src/contracts/failures.ts';
import type { JsonObject } from '../../src/contracts/json.ts';
import { type AgentMessage, type AgentMessageName, parseMessage } from '../../src/contracts/messages.ts';
import type { ModelReply, RequestedCall } from '../../src/contracts/model.ts';
import type { AgentStart } from '../../src/contracts/start.ts';
import type { AgentState, CallOutcome, ToolCall } from '../../src/contracts/state.ts';
import type { EffectClass, Reconciliation, ToolManifest } from '../../src/contracts/tool.ts';
import { advance } from '../../src/core/advance.ts';
import { isOverfull } from '../../src/core/compaction.ts';
import { initialState } from '../../src/core/initial-state.ts';
import { vouchedAtStart } from '../../src/core/requester.ts';
import { refusal } from '../../src/core/messages.ts';

export const START_AT = Date.parse('2026-03-02T08:00:00.000Z');
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

function manifest(name: string, effect: EffectClass, hasAssess: boolean, field: string): ToolManifest {
  return {
    ...{ name, description: `${name} something`, effect, timeoutMs: 500, hasAssess },
    inputSchema: {
      ...{ type: 'object', required: [field], additionalProperties: false },
      properties: { [field]: { type: 'string' } },
    },
  };
}

/** One tool of each kind that core treats differently. */
export const manifests: readonly ToolManifest[] = [
  manifest('look', 'pure', false, 'what'),
  manifest('weigh', 'pure', true, 'what'),
  manifest('store', 'idempotent', false, 'what'),
  manifest('book', 'reconcilable', false, 'what'),
  {
    ...manifest('order', 'reconcilable', false, 'what'),
    hasReconcile: true,
    outputSchema: {
      ...{ type: 'object', required: ['number'], additionalProperties: false },
      properties: { number: { type: 'string' } },
    },
  },
  manifest('shout', 'once', false, 'what'),
  manifest('pay', 'once', true, 'invoice'),
];

const defaultTools: Definition['tools'] = {
  look: [{ mode: 'auto' }],
  weigh: [{ mode: 'auto' }],
  store: [{ mode: 'auto' }],
  book: [{ mode: 'auto' }],
  order: [{ mode: 'auto' }],
  shout: [{ mode: 'approve' }],
  pay: [
    { when: 'facts.forbidden', mode: 'deny' },
    { when: 'facts.changed', mode: 'suggest' },
    { when: 'facts.amount > 1000.0', mode: 'approve' },
    { mode: 'auto' },
  ],
  ask_human: [{ mode: 'auto' }],
  note: [{ mode: 'auto' }],
  sleep_until: [{ mode: 'auto' }],
  wait_for_event: [{ mode: 'auto' }],
  finish: [{ mode: 'auto' }],
};

/** The facts that make each rule of `pay` apply. */
export const factsFor = {
  auto: { forbidden: false, changed: false, amount: 10 },
  approve: { forbidden: false, changed: false, amount: 5_000 },
  suggest: { forbidden: false, changed: true, amount: 10 },
  deny: { forbidden: true, changed: false, amount: 10 },
} as const satisfies Record<string, JsonObject>;

export interface AgentOptions {
  readonly definition?: Partial<Definition>;
  /** Policies that go over the usual ones. */
  readonly tools?: Definition['tools'];
  readonly start?: Partial<AgentStart>;
  readonly id?: string;
  /** What is said for its requester, and by which workflow it was started. */
  readonly vouch?: unknown;
  readonly startedBy?: string;
}

export function definitionOf(options: AgentOptions): Definition {
  return {
    ...{ name: 'clerk', description: '', models: ['first', 'second'], lifetime: 'task' },
    ...{ checkpoints: 'batched', budget: {}, contextWindow: 128_000, instructions: 'Do your work.' },
    hash: 'h'.repeat(64),
    edition: EDITION,
    ...options.definition,
    tools: { ...defaultTools, ...options.tools },
  };
}

let callIds = 0;

/** A call as the model asks for it. */
export function call(name: string, args: JsonObject = {}, id = `call-${++callIds}`): RequestedCall {
  return { id, name, args: { type: 'parsed', value: args } };
}

export function reply(text: string, calls: readonly RequestedCall[] = [], tokens = 10): ModelReply {
  return {
    ...{ model: 'first', text, calls: [...calls], finishReason: calls.length > 0 ? 'tool_calls' : 'stop' },
    usage: { inputTokens: tokens, outputTokens: tokens, usd: 0.01, estimated: false },
  };
}

type WithoutTime<Event> = Event extends AgentEvent ? Omit<Event, 'at'> : never;

/** An agent whose life a test tells event by event, as the workflow would: condensing is an event of its own. */
export class TestAgent {
  state: AgentState;
  now = START_AT;
  readonly events: AgentEvent[] = [];

  constructor(options: AgentOptions = {}) {
    const start = { agent: 'clerk', input: 'Count the beans.', labels: {}, ...options.start };
    const { id = 'a1', vouch, startedBy } = options;
    this.state = {
      ...initialState(id, 'run-1', start, START_AT),
      ...vouchedAtStart(start, vouch, { askedAt: START_AT, startedBy }),
    };
  }

  happen(event: WithoutTime<AgentEvent>): this {
    this.apply(event);
    if (isOverfull(this.state)) this.apply({ type: 'context-overfull' });
    return this;
  }

  private apply(event: WithoutTime<AgentEvent>): void {
    const timed = { ...event, at: this.now } as AgentEvent; // The event's own type with `at` put back.
    this.state = advance(this.state, timed);
    this.events.push(timed);
  }

  load(options: AgentOptions = {}): this {
    const loaded = {
      definition: definitionOf(options),
      manifests: [...manifests],
      heedsEarly: true as const,
    };
    return this.happen({ type: 'definition-loaded', loaded });
  }

  /** The model asks for these calls. */
  asks(...calls: RequestedCall[]): this {
    return this.happen({ type: 'model-replied', reply: reply('', calls) });
  }

  says(text: string, finishReason = 'stop'): this {
    return this.happen({ type: 'model-replied', reply: { ...reply(text), finishReason } });
  }

  modelFails(type: string, retryAfterMs?: number): this {
    const problem = {
      type,
      message: `${type} happened`,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...(type === 'ModelRateLimited' ? { otherModels: true } : {}),
    };
    return this.happen({ type: 'model-failed', problem });
  }

  assessed(index: number, facts: JsonObject): this {
    return this.happen({ type: 'calls-assessed', assessments: [{ type: 'assessed', index, facts }] });
  }

  assessFailed(index: number): this {
    return this.happen({
      type: 'calls-assessed',
      assessments: [{ type: 'failed', index, message: 'no file' }],
    });
  }

  succeeds(index: number, result: JsonObject = { done: true }): this {
    return this.happen({ type: 'tool-ended', index, outcome: { type: 'succeeded', result } });
  }

  fails(index: number): this {
    const error = { type: 'NotFound', message: 'no such thing' };
    return this.happen({ type: 'tool-ended', index, outcome: { type: 'failed', error } });
  }

  factsChange(index: number, facts: JsonObject): this {
    return this.happen({ type: 'tool-ended', index, outcome: { type: 'facts-changed', facts } });
  }

  loses(index: number, type = 'ToolTimeout', message = 'gone', retryAfterMs?: number): this {
    const problem = { type, message, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
    return this.happen({ type: 'tool-lost', index, problem });
  }

  /** What the tool says when it is asked what became of the call. */
  finds(index: number, found: Reconciliation): this {
    return this.happen({ type: 'tool-reconciled', index, found });
  }

  /** The tool could not be asked. */
  doesNotFind(index: number, type = 'ToolBroken'): this {
    return this.happen({ type: 'reconciliation-lost', index, problem: { type, message: 'no answer' } });
  }

  assessmentLost(indexes: readonly number[], type = 'ToolUnavailable'): this {
    return this.happen({ type: 'assessment-lost', indexes, problem: { type, message: 'locked' } });
  }

  wait(ms: number): this {
    this.now += ms;
    return this.happen({ type: 'time-passed' });
  }

  /** Sends a message as an update would; gives back the refusal, which a signal would only leave in the log. */
  send(name: AgentMessageName, payload: JsonObject): Rejection | undefined {
    const message = messageOf(name, payload);
    const refused = refusal(this.state, message, this.now);
    this.happen({ type: 'message-received', message });
    return refused;
  }

  /** The only open approval. */
  get approval(): Approval {
    const open = this.state.approvals.filter(({ status }) => status === 'open');
    assert.equal(open.length, 1, 'exactly one approval is open');
    return open[0] ?? assert.fail();
  }

  /** Decides the only open approval. */
  decide(decision: string, more: JsonObject = {}): Rejection | undefined {
    return this.send('decide', { approval: this.approval.id, decision, by: 'ann', ...more });
  }

  call(index: number): ToolCall {
    return this.state.calls[index] ?? assert.fail(`there is no call ${index}`);
  }

  /** What the model was told of the calls, the latest last. */
  get results(): CallOutcome[] {
    return this.state.context.flatMap(({ message }) =>
      message.role === 'tool' ? [JSON.parse(message.text) as CallOutcome] : [],
    );
  }

  /** The error types of the latest results, `ok` where there was none. */
  lastResults(count: number): string[] {
    return this.results.slice(-count).map((outcome) => (outcome.ok ? 'ok' : outcome.error.type));
  }
}

export function messageOf(name: AgentMessageName, payload: JsonObject): AgentMessage {
  const parsed = parseMessage(name, payload);
  return parsed.ok ? parsed.message : assert.fail(parsed.reason);
}

/** An agent that has its definition and is about to ask the model for its first turn. */
export function startedAgent(options: AgentOptions = {}): TestAgent {
  return new TestAgent(options).load(options);
}
