import assert from 'node:assert/strict';
import type { Fork } from '../../src/contracts/fork.ts';
import type { AgentState, ContextEntry } from '../../src/contracts/state.ts';
import { commandsOf } from '../../src/core/commands.ts';
import { recalled, type Tape, tapeOf } from '../../src/core/tape.ts';
import { type AgentOptions, call, factsFor, TestAgent } from '../support/agent-builder.ts';
import { assertInvariants } from './invariants.ts';

/** An agent that was forked: what it went through, and its state at the end of each turn. */
export class Forked extends TestAgent {
  readonly initial: AgentState;
  readonly entries: ContextEntry[] = [];
  readonly checkpoints = new Map<number, AgentState>();

  constructor(options: AgentOptions = {}) {
    super(options);
    this.initial = this.state;
  }

  override happen(event: Parameters<TestAgent['happen']>[0]): this {
    const before = this.state.context;
    super.happen(event);
    if (this.state.context.length > before.length)
      this.entries.push(...this.state.context.slice(before.length));
    if (this.state.phase !== 'loading' && !this.checkpoints.has(this.state.checkpoint))
      this.checkpoints.set(this.state.checkpoint, this.state);
    return this;
  }

  get tape(): Tape {
    return tapeOf([this]);
  }
}

/** Looks, pays what a person allowed, is told something, notes, and is done. */
export function paid(options: AgentOptions = {}): Forked {
  const agent = new Forked(options).load(options);
  agent.asks(call('look', { what: 'inbox' })).succeeds(0, { invoices: ['I-1'] });
  agent.asks(call('pay', { invoice: 'I-1' }), call('look', { what: 'I-1' }));
  agent.assessed(0, factsFor.approve).succeeds(1, { amount: 5_000 });
  agent.send('message', { text: 'Hurry up', by: 'bert' });
  agent.decide('approve');
  agent.succeeds(0, { paid: true });
  agent.asks(call('note', { text: 'paid I-1' }), call('ask_human', { question: 'More?' }));
  agent.decide('respond', { message: 'No' });
  agent.asks(call('finish', { result: { paid: ['I-1'] } }));
  assert.equal(agent.state.status, 'completed');
  return agent;
}

interface ForkOptions extends AgentOptions {
  readonly fork?: Partial<Fork>;
  readonly whileItLoads?: (agent: TestAgent) => void;
}

export function forkOf(
  other: Forked,
  turn: number,
  { fork = {}, whileItLoads = () => undefined, ...options }: ForkOptions = {},
): TestAgent {
  const asked: Fork = { agent: 'a1', turn, tools: 'recorded', ...fork };
  const agent = new TestAgent({ id: 'b2', ...options, start: { fork: asked, input: '', ...options.start } });
  agent.now = other.now + 1_000;
  whileItLoads(agent);
  const [load] = commandsOf(agent.state);
  assert.ok(load?.type === 'load-fork' && load.fork === asked);
  const state = other.checkpoints.get(turn) ?? assert.fail(`there is no checkpoint ${turn}`);
  const goesOn = turn < other.state.turn;
  return agent.happen({ type: 'fork-loaded', point: { run: 'run-1', state, goesOn, heedsEarly: true } });
}

/** Answers whatever is asked of the record, until the agent asks for something else or has ended. */
export function follow(agent: TestAgent, tape: Tape): string[] {
  for (;;) {
    const [command, ...others] = commandsOf(agent.state);
    if (command?.type === 'read-record')
      agent.happen({
        type: 'record-read',
        recorded: tape.turns.get(command.turn) ?? { turn: command.turn, read: [], calls: [], goesOn: false },
      });
    else if (command?.type === 'recall-calls')
      agent.happen({
        type: 'calls-recalled',
        found: command.calls.flatMap((wanted) => {
          const outcome = recalled(tape, wanted);
          return outcome ? [{ index: wanted.index, outcome }] : [];
        }),
      });
    else return [command, ...others].flatMap((one) => (one ? [one.type] : []));
    assertInvariants(agent.state);
  }
}

export function texts(state: AgentState): unknown[] {
  return state.context.map(({ turn, message, by }) => ({ turn, message, by }));
}
