import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Command } from '../../src/contracts/command.ts';
import type { JsonObject } from '../../src/contracts/json.ts';
import type { AgentMessageName } from '../../src/contracts/messages.ts';
import type { ToolInvocation, ToolOutcome } from '../../src/contracts/tool.ts';
import { wakesOf } from '../../src/core/clock.ts';
import { mayDrain } from '../../src/core/children.ts';
import { livingChildren } from '../../src/core/living-children.ts';
import { commandsOf, newCommands } from '../../src/core/commands.ts';
import { type AgentOptions, reply, TestAgent } from '../support/agent-builder.ts';
import {
  at,
  decisions,
  endings,
  facts,
  findings,
  modelProblems,
  requests,
  toolProblems,
} from './any-answers.ts';
import { endBesides } from './any-ends.ts';

/** One thing that happens, told by numbers: what they mean depends on what the agent is doing. */
const step = fc.record({
  what: fc.constantFrom(
    ...Array<'work'>(8).fill('work'),
    ...([
      'decide',
      'decide',
      'say',
      'event',
      'pause',
      'resume',
      'resume',
      'stop',
      'extend',
      'time',
      'wake',
      'clock',
      'stray',
      'child',
      'child',
    ] as const),
  ),
  pick: fc.nat(1_000),
  /** One number a call of a reply. */
  calls: fc.array(fc.nat(1_000), { maxLength: 4 }),
});
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

export const anyOptions: fc.Arbitrary<AgentOptions> = fc
  .record({
    lifetime: fc.constantFrom('task' as const, 'persistent' as const),
    checkpoints: fc.constantFrom('each' as const, 'batched' as const),
    turns: fc.integer({ min: 1, max: 12 }),
    tokens: fc.option(fc.integer({ min: 1_000, max: 9_000 }), { nil: undefined }),
    contextWindow: fc.constantFrom(2_000, 128_000),
    ends: fc.boolean(),
  })
  .map(({ turns, tokens, ends, ...definition }) => ({
    definition: {
      ...definition,
      budget: { turns, deadline: '30d', ...(tokens === undefined ? {} : { tokens }) },
    },
    // Some are below another agent themselves.
    ...(ends
      ? { start: { parent: { agent: 'boss', run: 'r0', path: ['boss'], depth: 2, grants: [] } } }
      : {}),
    tools: {
      delegate: [{ mode: 'auto' }],
      watch: [{ mode: 'auto' }],
      shout: [{ mode: 'approve', deadline: { after: '2d', outcome: ends ? 'end' : 'reject' } }],
      ask_human: [{ mode: 'auto', deadline: { after: '1d', outcome: 'ignore' } }],
    },
  }));

export const anyLife = fc.array(step, { minLength: 10, maxLength: 80 });

/** Plays a life as the workflow would: commands in flight end in any order, and what is no longer wanted is dropped. */
export class Life {
  readonly agent: TestAgent;
  private readonly options: AgentOptions;
  private readonly inFlight = new Map<string, Command>();
  /** Everything that was ever started, by id. */
  readonly started = new Map<string, Command>();
  private readonly after: (agent: TestAgent) => void;

  constructor(options: AgentOptions, after: (agent: TestAgent) => void) {
    this.agent = new TestAgent(options);
    this.options = options;
    this.after = after;
    this.keepWork();
  }

  play(steps: readonly Step[]): this {
    for (const next of steps) {
      this.agent.now += 1 + (next.pick % 5) * 1_000;
      this.take(next);
      this.keepWork();
      this.after(this.agent);
    }
    return this;
  }

  private keepWork(): void {
    const commands = commandsOf(this.agent.state);
    for (const id of this.inFlight.keys()) {
      if (!commands.some((command) => command.id === id)) this.inFlight.delete(id);
    }
    if (this.inFlight.size === 0 && mayDrain(this.agent.state)) this.agent.happen({ type: 'drained' });
    for (const command of newCommands(this.agent.state, this.inFlight)) {
      // Whoever is paused again is told again.
      const mayRepeat = command.type === 'tell-child';
      assert.ok(mayRepeat || !this.started.has(command.id), `${command.id} is started a second time`);
      this.inFlight.set(command.id, command);
      this.started.set(command.id, command);
    }
  }

  private take({ what, pick, calls }: Step): void {
    const { agent } = this;
    const by = at(['ann', 'bob'], pick);
    switch (what) {
      case 'work':
        this.endOne(pick, calls);
        return;
      case 'decide':
        this.decide(pick, by);
        return;
      case 'say':
        this.send('message', { text: `m${pick}`, by, id: `m${pick % 5}` });
        return;
      case 'event':
        this.send('event', { name: `e${pick % 2}`, payload: pick });
        return;
      case 'stop':
        // Rarely, since nothing happens after it.
        if (pick < 200) this.send('stop', { by });
        return;
      case 'pause':
      case 'resume':
        this.send(what, { by });
        return;
      case 'extend':
        this.send(
          'extendBudget',
          at(
            [
              { by, turns: 2 },
              { by, deadline: '5d', tokens: 500 },
            ],
            pick,
          ),
        );
        return;
      case 'time':
        agent.wait(pick * 600_000);
        return;
      case 'wake': {
        const due = wakesOf(agent.state).map((wake) => wake.at);
        if (due.length > 0) agent.wait(Math.max(0, Math.min(...due) - agent.now));
        return;
      }
      case 'clock':
        // Somebody sets the server's clock, on or back, by up to six days.
        agent.now += (pick - 500) * 1_000_000;
        return;
      case 'child':
        this.endChild(pick);
        return;
      case 'stray':
        agent.succeeds(pick % 3).assessed(pick % 3, {});
    }
  }

  /** A child ends, or somebody says so. */
  private endChild(pick: number): void {
    const open = livingChildren(this.agent.state).filter(({ status }) => status === 'open');
    if (open.length === 0) return;
    const { id: child, share } = at(open, pick);
    if (pick % 4 === 0) this.send('childEnded', { child });
    else this.agent.happen({ type: 'child-ended', child, ending: at(endings(share.turns), pick) });
  }

  private send(name: AgentMessageName, payload: JsonObject): void {
    this.agent.send(name, payload);
  }

  private decide(pick: number, by: string): void {
    const { approvals } = this.agent.state;
    if (approvals.length === 0) return;
    const { id, tool, revision } = at(approvals, pick);
    const decision = at(decisions, pick >> 1);
    this.send('decide', {
      ...{ approval: id, decision, by },
      ...(decision === 'edit'
        ? { args: tool === 'pay' ? { invoice: `j${pick % 2}` } : { what: `e${pick % 2}` } }
        : {}),
      ...(decision === 'respond' ? { message: 'so be it' } : {}),
      ...(pick % 7 === 0 ? { revision } : {}),
    });
  }

  private endOne(pick: number, calls: readonly number[]): void {
    const { agent } = this;
    if (this.inFlight.size === 0) return;
    const command = at([...this.inFlight.values()], pick);
    this.inFlight.delete(command.id);
    switch (command.type) {
      case 'load-definition':
        agent.load(this.options);
        return;
      case 'call-model':
        if (pick % 5 === 0) agent.modelFails(at(modelProblems, pick), pick % 4 === 0 ? pick : undefined);
        else if (calls.length === 0) agent.says(pick % 3 === 0 ? '' : 'Done.');
        else
          agent.happen({
            type: 'model-replied',
            reply: reply(
              '',
              calls.map((n) => at(requests, n)(n)),
              pick % 50,
            ),
          });
        return;
      case 'assess-calls':
        if (pick % 7 === 0) {
          agent.assessmentLost(
            command.invocations.map(({ index }) => index),
            at(toolProblems, pick),
          );
          return;
        }
        agent.happen({
          type: 'calls-assessed',
          assessments: command.invocations.map(({ index }) =>
            (pick + index) % 5 === 0
              ? { type: pick % 2 === 0 ? 'failed' : 'rate-limited', index, message: 'no file' }
              : { type: 'assessed', index, facts: at(facts, pick + index) },
          ),
        });
        return;
      case 'run-batch':
        this.endBatch(command.invocations, pick);
        return;
      case 'run-tool': {
        const { index } = command.invocation;
        if (command.quick && pick % 6 === 1) agent.happen({ type: 'tool-not-started', index });
        else if (pick % 4 === 0) agent.loses(index, at(toolProblems, pick >> 2));
        else agent.happen({ type: 'tool-ended', index, outcome: this.outcome(command.invocation, pick) });
        return;
      }
      case 'reconcile-tool': {
        const { index } = command.invocation;
        if (pick % 4 === 0) agent.doesNotFind(index, at(toolProblems, pick >> 2));
        else agent.finds(index, at(findings, pick));
        return;
      }
      case 'load-fork':
      case 'read-record':
      case 'recall-calls':
        throw new Error('it is no fork');
      default:
        endBesides(agent, command, pick);
    }
  }

  private endBatch(invocations: readonly ToolInvocation[], pick: number): void {
    const indexes = invocations.map(({ index }) => index);
    if (pick % 3 === 0) {
      this.agent.happen({ type: 'batch-lost', indexes });
      return;
    }
    const outcomes = invocations.map((invocation) => ({
      index: invocation.index,
      outcome: this.outcome(invocation, pick),
    }));
    this.agent.happen({ type: 'batch-ended', outcomes });
  }

  private outcome({ factsHash }: ToolInvocation, pick: number): ToolOutcome {
    if (factsHash !== undefined && pick % 3 === 0) return { type: 'facts-changed', facts: at(facts, pick) };
    if (pick % 5 === 0) return { type: 'failed', error: { type: 'NotFound', message: 'gone' } };
    return { type: 'succeeded', result: { text: 'r'.repeat((pick * 7) % 4_000) } };
  }
}
