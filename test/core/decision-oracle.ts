import assert from 'node:assert/strict';
import type { Approval } from '../../src/contracts/approval.ts';
import type { FailureType } from '../../src/contracts/failures.ts';
import type { JsonObject } from '../../src/contracts/json.ts';
import type { Claim, Decide } from '../../src/contracts/messages.ts';
import type { AgentState } from '../../src/contracts/state.ts';
import type { ToolInvocation } from '../../src/contracts/tool.ts';

type Fate = 'open' | 'decided' | 'expired' | 'void';

interface Question {
  readonly approval: Approval;
  fate: Fate;
  /** As it is shown now: it counts what was accepted, and claims. */
  revision: number;
  /** What counted, in order. */
  readonly accepted: Decide[];
  claim?: { readonly by: string; readonly until: number };
}

/** For so long others leave a claimed approval alone. */
const CLAIM_MS = 3_600_000;

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
  /** Whose arguments it has, where others must agree to them too. */
  editedBy?: string;
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
        const { id, revision, decisions } = approval;
        // Who has edited a call that several must agree to has said yes to it, and nobody else has.
        const editor = approval.subject === 'tool' ? this.#call(approval).editedBy : undefined;
        assert.deepEqual(
          decisions.map(({ decision, by }) => `${decision} ${by}`),
          editor === undefined ? [] : [`approve ${editor}`],
        );
        const accepted = decisions.map(({ by }) => ({ approval: id, decision: 'approve' as const, by }));
        this.questions.set(id, { approval, fate: 'open', revision, accepted });
        continue;
      }
      if (this.#isEnded && known.fate === 'open') known.fate = 'void';
      const shown = known.fate === 'void' ? 'withdrawn' : known.fate;
      assert.equal(approval.status, shown, `${approval.id} has one outcome`);
      const said = ({ decision, by }: Pick<Decide, 'decision' | 'by'>) => ({ decision, by });
      assert.deepEqual(approval.decisions.map(said), known.accepted.map(said));
      assert.ok(approval.revision >= known.revision);
      known.revision = approval.revision;
    }
  }

  /** How a decision must be answered; nothing when it counts, or counted. */
  refusalOf(decide: Decide, now: number): FailureType | undefined {
    if (this.#isEnded) return 'Closed';
    const question = this.questions.get(decide.approval);
    if (question === undefined) return 'NotFound';
    if (isRepeat(question, decide)) return undefined;
    if (question.fate !== 'open') return 'Conflict';
    const { approval, accepted, revision } = question;
    const { by, decision } = decide;
    if (!mayDecide(approval, by)) return 'Forbidden';
    if (isClaimedByAnother(question, by, now)) return 'Conflict';
    if (decision === 'approve' && accepted.some((other) => other.by === by)) return 'Conflict';
    if (decide.revision !== undefined && decide.revision !== revision) return 'Conflict';
    return approval.allowedDecisions.includes(decision) ? undefined : 'Invalid';
  }

  /** A decision that was not refused. */
  accept(decide: Decide): void {
    const question = this.questions.get(decide.approval);
    if (question === undefined || isRepeat(question, decide)) return;
    const { approval, accepted } = question;
    accepted.push(decide);
    // One no is enough, and a yes is one of as many as it takes.
    if (decide.decision === 'approve' && accepted.length < approval.required) return;
    question.fate = 'decided';
    const call = this.#call(approval);
    if (decide.decision === 'approve') call.leave = approval.args;
    else if (decide.decision !== 'edit') call.refused = decide.decision;
    else if (approval.required > 1) call.editedBy = decide.by;
    else call.leave = decide.args ?? {};
  }

  /** How somebody who claims an approval, or lets go of it, must be answered; keeps what comes of it. */
  claim(what: 'claim' | 'release', { approval: id, by }: Claim, now: number): FailureType | undefined {
    if (this.#isEnded) return 'Closed';
    const question = this.questions.get(id);
    if (question === undefined) return 'NotFound';
    if (question.fate !== 'open') return 'Conflict';
    const isOwn = question.claim?.by === by && question.claim.until > now;
    if (what === 'claim' && !isOwn) {
      if (question.approval.required > 1) return 'Invalid';
      if (!mayDecide(question.approval, by)) return 'Forbidden';
    }
    if (isClaimedByAnother(question, by, now)) return 'Conflict';
    if (what === 'release') delete question.claim;
    else if (!isOwn) question.claim = { by, until: now + CLAIM_MS };
    return undefined;
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
    for (const [place, { leave, mayTryAgain, dispatches, refused, editedBy }] of this.#calls) {
      const isUsed = leave === undefined || mayTryAgain === true;
      // An edit that makes a call one that was rejected before is not asked about again.
      const hasRun = dispatches > 0 || editedBy !== undefined;
      assert.ok(refused !== undefined || (isUsed && hasRun), `${place} never ran`);
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

function isRepeat({ accepted }: Question, decide: Decide): boolean {
  const said = ({ decision, by, args, message }: Decide) => JSON.stringify([decision, by, args, message]);
  return accepted.some((one) => said(one) === said(decide));
}

function mayDecide({ notBy, approvers }: Approval, by: string): boolean {
  return notBy !== by && (approvers?.people?.includes(by) ?? true);
}

function isClaimedByAnother({ claim }: Question, by: string, now: number): boolean {
  return claim !== undefined && claim.until > now && claim.by !== by;
}
