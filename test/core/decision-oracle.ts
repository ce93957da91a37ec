import assert from 'node:assert/strict';
import type { Approval } from '../../src/contracts/approval.ts';
import type { FailureType } from '../../src/contracts/failures.ts';
import type { JsonObject } from '../../src/contracts/json.ts';
import type { Decide } from '../../src/contracts/messages.ts';
import type { AgentState } from '../../src/contracts/state.ts';
import type { ToolInvocation } from '../../src/contracts/tool.ts';

type Fate = 'open' | 'decided' | 'expired' | 'void';

interface Question {
  readonly approval: Approval;
  fate: Fate;
  accepted?: Decide;
}

/** What is known of a call that may only run with somebody's leave. */
interface Gated {
  /** Arguments that somebody has agreed to, and that no step has been started with. */
  leave?: JsonObject;
  /** The tool could not begin: the leave holds for another try, which need not come. */
  mayTryAgain?: boolean;
  /** Arguments of the step in flight. */
  running?: JsonObject;
  dispatches: number;
  /** How often it took effect, as the world knows though nobody may have been told. */
  effects: number;
  /** Why it must not run any more. */
  refused?: string;
}

/**
 * What people were asked and said, and what ran, told by a test that plays the world. It knows none of the agent's rules but
 * those that people rely on, and complains as soon as one of them is broken.
 */
export class DecisionOracle {
  readonly questions = new Map<string, Question>();
  readonly #calls = new Map<string, Gated>();
  #isEnded = false;

  /** What the agent shows must be what the oracle knows. */
  see({ approvals, phase }: AgentState): void {
    this.#isEnded = phase === 'ended';
    for (const approval of approvals) {
      const known = this.questions.get(approval.id);
      if (known === undefined) {
        assert.equal(approval.status, 'open', 'nothing is decided before it was asked');
        this.questions.set(approval.id, { approval, fate: 'open' });
      } else if (this.#isEnded && known.fate === 'open') {
        assert.equal(approval.status, 'withdrawn', 'what nobody decided before the end is not decided by it');
        known.fate = 'void';
      } else {
        const shown = known.fate === 'void' ? 'withdrawn' : known.fate;
        assert.equal(approval.status, shown, `${approval.id} has one outcome`);
        assert.deepEqual(
          approval.decisions.map(({ decision, by }) => ({ decision, by })),
          known.accepted ? [{ decision: known.accepted.decision, by: known.accepted.by }] : [],
        );
      }
    }
  }

  /** How a decision must be answered; nothing when it counts, or counted. */
  refusalOf(decide: Decide): FailureType | undefined {
    if (this.#isEnded) return 'Closed';
    const question = this.questions.get(decide.approval);
    if (question === undefined) return 'NotFound';
    if (this.#isRepeat(question, decide)) return undefined;
    if (question.fate !== 'open') return 'Conflict';
    const { revision, allowedDecisions } = question.approval;
    if (decide.revision !== undefined && decide.revision !== revision) return 'Conflict';
    return allowedDecisions.includes(decide.decision) ? undefined : 'Invalid';
  }

  #isRepeat({ accepted }: Question, decide: Decide): boolean {
    const same = (one: Decide) => JSON.stringify([one.decision, one.by, one.args, one.message]);
    return accepted !== undefined && same(accepted) === same(decide);
  }

  /** A decision that was not refused. */
  accept(decide: Decide): void {
    const question = this.questions.get(decide.approval);
    if (question === undefined || this.#isRepeat(question, decide)) return;
    const { approval } = question;
    question.fate = 'decided';
    question.accepted = decide;
    const call = this.#call(approval);
    if (decide.decision === 'approve') call.leave = approval.args;
    else if (decide.decision === 'edit') call.leave = decide.args ?? {};
    else call.refused = decide.decision;
  }

  /** Time has passed: what nobody decided until now has expired. */
  pass(now: number): void {
    if (this.#isEnded) return;
    for (const question of this.questions.values()) {
      if (question.fate !== 'open' || question.approval.expiresAt > now) continue;
      question.fate = 'expired';
      this.#call(question.approval).refused = 'expired';
    }
  }

  start({ args, ...place }: ToolInvocation): void {
    const call = this.#call(place);
    assert.ok(!this.#isEnded, 'nothing starts after the end');
    assert.equal(call.refused, undefined, `a call that was ${call.refused} never runs`);
    assert.deepEqual(args, call.leave, 'only what somebody has agreed to, exactly so, and once');
    assert.equal(call.running, undefined);
    call.running = args;
    call.dispatches += 1;
    delete call.leave;
  }

  /** A step is over: whether it took effect, and whether its leave holds for another try. */
  end(
    place: { turn: number; index: number },
    { effect, mayTryAgain = false }: { effect: boolean; mayTryAgain?: boolean },
  ): void {
    const call = this.#call(place);
    if (effect) call.effects += 1;
    assert.ok(call.effects <= 1, 'nothing takes effect twice');
    if (mayTryAgain && call.running) call.leave = call.running;
    call.mayTryAgain = mayTryAgain;
    delete call.running;
  }

  hasTakenEffect(place: { turn: number; index: number }): boolean {
    return this.#call(place).effects > 0;
  }

  /** Nothing more will happen, and nobody has ended the agent early: what was agreed to has been started. */
  close(): void {
    for (const [place, { leave, mayTryAgain, dispatches, refused }] of this.#calls) {
      const isUsed = leave === undefined || mayTryAgain === true;
      assert.ok(refused !== undefined || (isUsed && dispatches > 0), `${place} never ran`);
    }
    for (const { fate, approval } of this.questions.values())
      assert.notEqual(fate, 'open', `${approval.id} is still open`);
  }

  #call({ turn, index }: { turn: number; index: number }): Gated {
    const place = `${turn}/${index}`;
    const call = this.#calls.get(place) ?? { dispatches: 0, effects: 0 };
    this.#calls.set(place, call);
    return call;
  }
}
