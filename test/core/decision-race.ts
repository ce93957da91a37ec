import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Command } from '../../src/contracts/command.ts';
import type { JsonObject } from '../../src/contracts/json.ts';
import { Decide } from '../../src/contracts/messages.ts';
import type { RequestedCall } from '../../src/contracts/model.ts';
import type { ToolInvocation } from '../../src/contracts/tool.ts';
import { wakesOf } from '../../src/core/clock.ts';
import { newCommands } from '../../src/core/commands.ts';
import { call, factsFor, reply, TestAgent } from '../support/agent-builder.ts';
import { at } from './any-answers.ts';
import { DecisionOracle } from './decision-oracle.ts';

/** What may happen next, told by numbers: what they mean depends on what is open. */
const step = fc.record({
  what: fc.constantFrom(
    ...Array<'decide'>(8).fill('decide'),
    ...Array<'work'>(8).fill('work'),
    ...(['again', 'again', 'expire', 'time', 'pause', 'resume', 'resume', 'say', 'stop', 'cancel'] as const),
    ...(['claim', 'claim', 'release'] as const),
  ),
  // Without a bias to small numbers, which would mean that the same few things happen.
  pick: fc.noBias(fc.nat(99_999)),
});
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

export const anyRace = fc.record({
  /** Calls of each turn. */
  turns: fc.array(fc.array(fc.nat(2), { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 3 }),
  ends: fc.boolean(),
  /** Who may decide about one of the tools: so many, not who asked for the work, or only some. */
  quorum: fc.constantFrom(1, 1, 2, 3),
  fourEyes: fc.boolean(),
  named: fc.boolean(),
  steps: fc.array(step, { minLength: 15, maxLength: 45 }),
});
type AnyRace = typeof anyRace extends fc.Arbitrary<infer Value> ? Value : never;

const requests: readonly ((n: number) => RequestedCall)[] = [
  (n) => call('shout', { what: `s${n}` }),
  (n) => call('pay', { invoice: `i${n}` }),
  () => call('ask_human', { question: 'Which?' }),
];
const people = ['ann', 'bob', 'cleo', 'dora'];
const decisions = ['approve', 'approve', 'edit', 'reject', 'respond', 'ignore'] as const;

/** An agent whose calls wait for people, and people, clock and worker that all act at once. */
export class DecisionRace {
  readonly #agent: TestAgent;
  readonly #oracle = new DecisionOracle();
  readonly #replies: RequestedCall[][];
  readonly #inFlight = new Map<string, Command>();
  readonly #sent: Decide[] = [];
  /** Each change of facts is another one, and with each a rule asks for approval. */
  #amount = 10_000;
  #isEndedByPeople = false;

  constructor({ turns, ends, quorum, fourEyes, named }: AnyRace) {
    const approvers = { quorum, fourEyes, ...(named ? { people: people.slice(0, 3) } : {}) };
    const deadline = { after: '2d', outcome: ends ? ('end' as const) : ('reject' as const) };
    const options = {
      definition: { budget: { turns: 50, deadline: '365d' } },
      start: { requester: people[0] },
      tools: { shout: [{ mode: 'approve' as const, deadline, approvers }] },
    };
    this.#agent = new TestAgent(options).load(options);
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

  /** What the definition says of the tool stands in each of its approvals. */
  assertRules({ quorum, fourEyes, named }: AnyRace): void {
    for (const { tool, subject, required, notBy, approvers } of this.#agent.state.approvals) {
      if (tool !== 'shout' || subject !== 'tool') continue;
      assert.deepEqual([required, notBy], [quorum, fourEyes ? people[0] : undefined]);
      assert.deepEqual(approvers?.people, named ? people.slice(0, 3) : undefined);
    }
  }

  get state() {
    return this.#agent.state;
  }

  #look(): void {
    const { state } = this.#agent;
    this.#oracle.see(state);
    for (const command of newCommands(state, this.#inFlight)) {
      this.#inFlight.set(command.id, command);
      if (command.type === 'run-tool') this.#oracle.start(command.invocation);
    }
  }

  #take({ what, pick }: Step): void {
    const by = at(people, pick);
    switch (what) {
      case 'decide':
        this.#decide(pick, by);
        return;
      case 'claim':
      case 'release': {
        const asked = [...this.#oracle.questions.keys()];
        if (asked.length === 0) return;
        const claim = { approval: at(asked, pick >> 2), by };
        const expected = this.#oracle.claim(what, claim, this.#agent.now);
        assert.equal(this.#agent.send(what, claim)?.type, expected, JSON.stringify({ what, claim }));
        return;
      }
      case 'again': {
        const earlier = this.#sent[pick % Math.max(1, this.#sent.length)];
        if (earlier) this.#send(earlier);
        return;
      }
      case 'work':
        this.#work(pick);
        return;
      case 'expire':
        this.#passToExpiry(pick % 3);
        return;
      case 'time':
        this.#pass(pick * 1_000);
        return;
      case 'say':
        this.#agent.send('message', { text: 'Well?', by });
        return;
      case 'pause':
      case 'resume':
        this.#agent.send(what, { by });
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

  #decide(pick: number, by: string): void {
    const asked = [...this.#oracle.questions.values()];
    if (asked.length === 0) return;
    // Mostly of what is open; also of what is not any more, and of what never was.
    const open = asked.filter(({ fate }) => fate === 'open');
    const { approval, revision } = at(pick % 4 > 0 && open.length > 0 ? open : asked, pick >> 2);
    let decision = at(decisions, pick >> 4);
    // Who is asked what became of a call has looked, and tells the truth.
    if (
      approval.subject === 'unknown_outcome' &&
      decision === 'approve' &&
      this.#oracle.hasTakenEffect(approval)
    )
      decision = 'respond';
    this.#send(
      Decide.parse({
        approval: pick % 23 === 0 ? `${approval.id}x` : approval.id,
        ...{ decision, by },
        ...(decision === 'edit' ? { args: editOf(approval.tool, pick % 2) } : {}),
        ...(decision === 'respond' ? { message: 'so be it' } : {}),
        ...(pick % 7 === 0 ? { revision: revision + (pick % 2) } : {}),
      }),
    );
  }

  #send(decide: Decide): void {
    const expected = this.#oracle.refusalOf(decide, this.#agent.now);
    const refused = this.#agent.send('decide', decide as JsonObject); // As it is: `Decide` has parsed it.
    assert.equal(refused?.type, expected, JSON.stringify({ decide, refused }));
    if (!refused) this.#oracle.accept(decide);
    this.#sent.push(decide);
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
      if (this.#agent.state.paused) this.#agent.send('resume', { by: 'ann' });
      this.#look();
      if (this.#inFlight.size > 0 || this.#agent.state.stopping) this.#work(7);
      else
        this.#pass(
          Math.max(1, Math.min(...wakesOf(this.#agent.state).map((wake) => wake.at)) - this.#agent.now),
        );
      this.#look();
    }
  }
}

function editOf(tool: string, n: number): JsonObject {
  return tool === 'pay' ? { invoice: `j${n}` } : { what: `e${n}` };
}
