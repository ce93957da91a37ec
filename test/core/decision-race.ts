import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Command } from '../../src/contracts/command.ts';
import type { RequestedCall } from '../../src/contracts/model.ts';
import type { ToolInvocation } from '../../src/contracts/tool.ts';
import { openQuestions } from '../../src/core/approvals.ts';
import { wakesOf } from '../../src/core/clock.ts';
import { newCommands } from '../../src/core/commands.ts';
import { call, DAY_MS, factsFor, reply, START_AT, TestAgent } from '../support/agent-builder.ts';
import { at } from './any-answers.ts';
import { BudgetOracle } from './budget-oracle.ts';
import { DecisionOracle } from './decision-oracle.ts';
import { RacePeople } from './race-people.ts';
import { people, type RaceRules, requester, ruleOf } from './race-rules.ts';
import { sealOfStart, trustedKey } from './race-senders.ts';

/** What may happen next, told by numbers: what they mean depends on what is open. */
const step = fc.record({
  what: fc.constantFrom(
    ...Array<'decide'>(8).fill('decide'),
    ...Array<'work'>(8).fill('work'),
    ...(['again', 'again', 'expire', 'time', 'pause', 'resume', 'resume', 'say', 'stop', 'cancel'] as const),
    ...(['claim', 'claim', 'release', 'grant', 'revoke', 'extend'] as const),
  ),
  // Without a bias to small numbers, which would mean that the same few things happen.
  pick: fc.noBias(fc.nat(99_999)),
});
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** Who may decide about one of the tools, and when something happens to it although nobody does. */
const anyRules: fc.Arbitrary<RaceRules> = fc.record({
  quorum: fc.constantFrom(1, 1, 2, 3),
  fourEyes: fc.boolean(),
  named: fc.boolean(),
  // Seldom: to look at a seal takes as long as everything else in a race.
  signing: fc.constantFrom(...Array<'nobody'>(27).fill('nobody'), 'some', 'needed', 'role'),
  outcome: fc.constantFrom('reject', 'reject', 'end', 'ask'),
  ...{ reminds: fc.boolean(), escalates: fc.boolean(), stops: fc.boolean(), isProven: fc.boolean() },
});

export const anyRace = fc.record({
  /** Calls of each turn. */
  turns: fc.array(fc.array(fc.nat(2), { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 3 }),
  maxTurns: fc.constantFrom(50, 50, 1, 2),
  rules: anyRules,
  steps: fc.array(step, { minLength: 15, maxLength: 45 }),
});
export type AnyRace = typeof anyRace extends fc.Arbitrary<infer Value> ? Value : never;

const requests: readonly ((n: number) => RequestedCall)[] = [
  (n) => call('shout', { what: `s${n}` }),
  (n) => call('pay', { invoice: `i${n}` }),
  () => call('ask_human', { question: 'Which?' }),
];

/** An agent whose calls wait for people, and people, clock and worker that all act at once. */
export class DecisionRace {
  readonly #agent: TestAgent;
  readonly #oracle: DecisionOracle;
  readonly #replies: RequestedCall[][];
  readonly #inFlight = new Map<string, Command>();
  readonly #people: RacePeople;
  /** Each change of facts is another one, and with each a rule asks for approval. */
  #amount = 10_000;
  #isEndedByPeople = false;

  constructor({ turns, maxTurns, rules }: AnyRace) {
    const { signing, isProven } = rules;
    const start = { agent: 'clerk', input: 'Count the beans.', labels: {}, requester };
    const options = {
      definition: {
        budget: { turns: maxTurns, deadline: '60d' },
        ...{ trusted: [trustedKey], provesRequesters: true as const, datesSeals: true as const },
      },
      start,
      // Where nobody looks at it a seal would only take time.
      ...(signing === 'nobody' ? {} : { vouch: { seal: sealOfStart(start, isProven, START_AT) } }),
      tools: { shout: [ruleOf(rules)] },
    };
    this.#oracle = new DecisionOracle(rules, new BudgetOracle(maxTurns, START_AT + 60 * DAY_MS));
    this.#agent = new TestAgent(options).load(options);
    this.#people = new RacePeople(this.#agent, this.#oracle, rules.signing !== 'nobody');
    this.#replies = turns.map((kinds) => kinds.map((kind, index) => at(requests, kind)(index)));
    this.#look();
  }

  /** Plays the steps, then lets everything come to its end, and checks that it did. */
  play(steps: readonly Step[]): void {
    for (const next of steps) {
      this.#agent.now += next.pick % 3;
      this.#take(next);
      this.#look();
    }
    this.#drain();
    if (!this.#isEndedByPeople && this.#agent.state.outcome?.status === 'completed') this.#oracle.close();
  }

  get state() {
    return this.#agent.state;
  }

  #look(): void {
    const { state, now } = this.#agent;
    const asked = openQuestions(state).filter(({ subject }) => subject === 'budget');
    this.#oracle.see({ ...state, approvals: [...state.approvals, ...asked] }, now);
    for (const command of newCommands(state, this.#inFlight)) {
      this.#inFlight.set(command.id, command);
      if (command.type === 'call-model') this.#oracle.budget.use(now);
      if (command.type !== 'run-tool') continue;
      const { invocation } = command;
      const by = state.calls.find(({ index }) => index === invocation.index)?.approval?.id;
      this.#oracle.start(invocation, by);
    }
  }

  #take({ what, pick }: Step): void {
    switch (what) {
      case 'decide':
      case 'claim':
      case 'release':
      case 'grant':
      case 'revoke':
      case 'extend':
      case 'again':
        this.#people.send(what, pick);
        return;
      case 'work':
        this.#work(pick);
        return;
      case 'expire':
        this.#passToExpiry(pick % 3);
        return;
      case 'time':
        this.#pass(pick * 1_000);
        return;
      default:
        this.#intervene(what, pick);
    }
  }

  #intervene(what: 'say' | 'pause' | 'resume' | 'stop' | 'cancel', pick: number): void {
    const by = at(people, pick);
    switch (what) {
      case 'say':
        this.#agent.send('message', { text: 'Well?', by });
        return;
      case 'pause':
      case 'resume':
        this.#agent.send(what, { by });
        this.#oracle[what](this.#agent.now);
        return;
      case 'stop':
      case 'cancel':
        // Rarely, since little happens after it.
        if (pick % 8 > 0) return;
        this.#isEndedByPeople = true;
        if (what === 'stop') this.#agent.send('stop', { by });
        else this.#agent.happen({ type: 'cancelled', reason: 'enough' });
    }
  }

  #pass(ms: number): void {
    this.#agent.wait(ms);
    this.#oracle.pass(this.#agent.now);
  }

  /** To the moment at which the next approval expires, or just before, or just after. */
  #passToExpiry(offset: number): void {
    const due = this.#open().map(({ expiresAt }) => expiresAt);
    if (due.length > 0) this.#pass(Math.max(0, Math.min(...due) - this.#agent.now + offset - 1));
  }

  #open() {
    return this.#agent.state.approvals.filter(({ status }) => status === 'open');
  }

  #work(pick: number): void {
    if (this.#inFlight.size === 0) {
      if (this.#agent.state.stopping) this.#agent.happen({ type: 'drained' });
      return;
    }
    const command = at([...this.#inFlight.values()], pick);
    this.#inFlight.delete(command.id);
    switch (command.type) {
      case 'call-model': {
        const calls = this.#replies.shift();
        if (calls) this.#agent.happen({ type: 'model-replied', reply: reply('', calls) });
        else this.#agent.says('Done.');
        return;
      }
      case 'assess-calls':
        this.#agent.happen({
          type: 'calls-assessed',
          assessments: command.invocations.map(({ index }) => ({
            ...{ type: 'assessed', index, facts: factsFor.approve },
          })),
        });
        return;
      case 'run-tool':
        this.#run(command.invocation, pick);
        return;
      default:
        assert.fail(`${command.type} is not expected here`);
    }
  }

  #run(invocation: ToolInvocation, pick: number): void {
    const { index, turn } = invocation;
    const place = { index, turn };
    switch (pick % 8) {
      case 0: {
        // The tool says that it could not begin, so that the agent tries again later.
        this.#oracle.end(place, { effect: false, mayTryAgain: true });
        this.#agent.loses(index, pick % 16 > 7 ? 'ToolUnavailable' : 'ToolRateLimited');
        return;
      }
      case 1: {
        // The step is lost, whether it took effect or not.
        this.#oracle.end(place, { effect: pick % 16 > 7 });
        this.#agent.loses(index, 'WorkerLost');
        return;
      }
      case 2:
        if (invocation.factsHash !== undefined) {
          this.#oracle.end(place, { effect: false });
          this.#agent.factsChange(index, { ...factsFor.approve, amount: (this.#amount += 1) });
          return;
        }
        this.#oracle.end(place, { effect: false });
        this.#agent.fails(index);
        return;
      default:
        this.#oracle.end(place, { effect: true });
        this.#agent.succeeds(index);
    }
  }

  /** Nobody decides any more; what runs ends well, and time passes until nothing is left. */
  #drain(): void {
    for (let rounds = 0; this.#agent.state.phase !== 'ended'; rounds += 1) {
      assert.ok(rounds < 200, `never comes to an end: ${JSON.stringify(this.#agent.state.calls)}`);
      if (this.#agent.state.paused) this.#intervene('resume', 0);
      this.#look();
      if (this.#inFlight.size > 0 || this.#agent.state.stopping) this.#work(7);
      else {
        const next = Math.min(...wakesOf(this.#agent.state).map((wake) => wake.at));
        // In long strides: how it is told of what happens on the way is a matter of the steps before.
        this.#pass(Math.max(2 * DAY_MS, next - this.#agent.now));
      }
      this.#look();
    }
  }
}
