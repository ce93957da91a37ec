import assert from 'node:assert/strict';
import type { FailureType } from '../../src/contracts/failures.ts';
import { JsonObject } from '../../src/contracts/json.ts';
import { type AgentMessageName, Claim, Decide, GiveLeave, Revoke } from '../../src/contracts/messages.ts';
import type { TestAgent } from '../support/agent-builder.ts';
import { at } from './any-answers.ts';
import type { DecisionOracle } from './decision-oracle.ts';
import { leaveConditions, payRule } from './leave-oracle.ts';
import { HOUR_MS, people } from './race-rules.ts';
import { sealSometimes, type Sent } from './race-senders.ts';

const decisions = ['approve', 'approve', 'edit', 'reject', 'respond', 'ignore'] as const;

/** People who send what chance has them send, each answer compared with the one that the oracle expects. */
export class RacePeople {
  readonly #agent: TestAgent;
  readonly #oracle: DecisionOracle;
  readonly #isSealing: boolean;
  /** Sends what was sent before once more. */
  readonly #sent: (() => void)[] = [];

  constructor(agent: TestAgent, oracle: DecisionOracle, isSealing: boolean) {
    this.#agent = agent;
    this.#oracle = oracle;
    this.#isSealing = isSealing;
  }

  send(what: 'decide' | 'claim' | 'release' | 'grant' | 'revoke' | 'extend' | 'again', pick: number): void {
    // The same person writes their name as they like.
    const by = pick % 17 === 0 ? at(people, pick).toUpperCase() : at(people, pick);
    switch (what) {
      case 'decide':
        this.#decide(pick, by);
        return;
      case 'claim':
      case 'release':
        this.#claim(what, pick, by);
        return;
      case 'grant':
        this.#grant(pick, by);
        return;
      case 'revoke': {
        const given = this.#oracle.leaves.ids;
        const { revision } = this.#agent.state;
        const lock = pick % 7 === 0 ? { revision: revision + (pick % 2) } : {};
        const sent = this.#seal('revoke', { grant: at([...given, 'none'], pick >> 2), by, ...lock }, pick);
        const revoke = Revoke.parse(sent.payload);
        this.#send('revoke', sent, () =>
          this.#oracle.revoke(revoke, sent.sender, this.#agent.state.revision),
        );
        return;
      }
      case 'extend':
        this.#extend({ turns: 1 + (pick % 2), by, ...(pick % 4 > 1 ? { id: `x${pick % 3}` } : {}) });
        return;
      case 'again':
        this.#sent[pick % Math.max(1, this.#sent.length)]?.();
    }
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
    const said = Decide.parse({
      approval: pick % 23 === 0 ? `${approval.id}x` : approval.id,
      ...{ decision, by },
      ...(decision === 'edit' ? { args: editOf(approval.tool, pick) } : {}),
      ...(decision === 'respond' ? { message: 'so be it' } : {}),
      ...(pick % 7 === 0 ? { revision: revision + (pick % 2) } : {}),
    });
    const { payload, sender } = this.#seal('decide', said, pick);
    const decide = Decide.parse(payload);
    this.#send('decide', { payload, sender }, () => {
      const refused = this.#oracle.refusalOf(decide, sender, this.#agent.now);
      if (!refused) this.#oracle.accept(decide, sender, this.#agent.now);
      return refused;
    });
  }

  #claim(what: 'claim' | 'release', pick: number, by: string): void {
    const asked = [...this.#oracle.questions];
    if (asked.length === 0) return;
    const [approval, { revision }] = at(asked, pick >> 2);
    const lock = pick % 7 === 0 ? { revision: revision + (pick % 2) } : {};
    const sent = this.#seal(what, { approval, by, ...lock }, pick);
    const claim = Claim.parse(sent.payload);
    this.#send(what, sent, () => this.#oracle.claim(what, claim, sent.sender, this.#agent.now));
  }

  #grant(pick: number, by: string): void {
    const tool = pick % 3 === 0 ? 'shout' : 'pay';
    const when = Object.keys(leaveConditions)[tool === 'shout' ? 0 : 1];
    const until = new Date(this.#agent.now + at([2, 30, 24 * 30, -1], pick >> 3) * HOUR_MS).toISOString();
    const given = {
      ...{ tool, by, until },
      ...(pick % 4 === 0 && when !== undefined ? { when } : {}),
      ...(pick % 5 === 0 ? { uses: 1 + (pick % 2) } : {}),
      ...(tool === 'pay' && pick % 7 === 0
        ? { rule: at([payRule, 'facts.amount > 9000.0'], pick >> 4) }
        : {}),
    };
    const sent = this.#seal('grant', given, pick);
    const leave = GiveLeave.parse(sent.payload);
    this.#send('grant', sent, () => this.#oracle.give(leave, sent.sender, this.#agent.now));
  }

  #extend(extension: { turns: number; by: string; id?: string }): void {
    this.#send('extendBudget', { payload: extension, sender: extension }, () => {
      if (this.#agent.state.phase === 'ended') return 'Closed';
      this.#oracle.budget.extend(extension, this.#agent.now, extension.id);
      return undefined;
    });
  }

  #seal<Payload extends { readonly by: string }>(
    name: AgentMessageName,
    payload: Payload,
    pick: number,
  ): Sent<Payload> {
    return this.#isSealing
      ? sealSometimes(name, payload, { pick: pick >> 5, at: this.#agent.now })
      : { payload, sender: payload };
  }

  /** Sends a message, now and perhaps later once more, and compares the answer with the one that it must get. */
  #send(name: AgentMessageName, { payload }: Sent<object>, answer: () => FailureType | undefined): void {
    const send = (): void => {
      const expected = answer();
      const refused = this.#agent.send(name, JsonObject.parse(payload));
      assert.equal(refused?.type, expected, JSON.stringify({ name, payload, refused }));
    };
    this.#sent.push(send);
    send();
  }
}

/** One in five does not fit; and of the budget one is of no use. */
function editOf(tool: string, pick: number): JsonObject {
  if (pick % 5 === 0) return { nonsense: 1 };
  const n = pick % 2;
  if (tool === 'extendBudget') return n === 0 ? { usd: 1 } : { turns: 1 };
  return tool === 'pay' ? { invoice: `j${n}` } : { what: `e${n}` };
}
