import assert from 'node:assert/strict';
import type { Approval } from '../../src/contracts/approval.ts';
import type { FailureType } from '../../src/contracts/failures.ts';
import type { Claim, Decide, GiveLeave, Revoke } from '../../src/contracts/messages.ts';
import type { AgentState } from '../../src/contracts/state.ts';
import type { ToolInvocation } from '../../src/contracts/tool.ts';
import type { BudgetOracle } from './budget-oracle.ts';
import { QuestionClock } from './clock-oracle.ts';
import type { Gated } from './gated-call.ts';
import { LeaveOracle } from './leave-oracle.ts';
import { CountedSeals } from './counted-seals.ts';
import type { RaceRules, Sender } from './race-rules.ts';
import { HOUR_MS, isAtLeast, isSame, mayDecide, requiredOf } from './race-rules.ts';

type Fate = 'open' | 'decided' | 'expired' | 'void';

interface Question {
  readonly approval: Approval;
  readonly rules: RaceRules | undefined;
  readonly clock: QuestionClock;
  /** So many must agree. */
  readonly required: number;
  fate: Fate;
  /** As it is shown now: it counts what was accepted, and claims. */
  revision: number;
  /** What counted, in order. */
  readonly accepted: Decide[];
  claim?: { readonly by: string; readonly until: number };
}

/** What the agent shows to people. */
export type Shown = Pick<AgentState, 'phase' | 'standing'> & { readonly approvals: readonly Approval[] };

/**
 * What people were asked and said, and what ran, told by a test that plays the world. It knows none of the agent's rules but
 * those that people rely on, and complains as soon as one of them is broken.
 */
export class DecisionOracle {
  readonly questions = new Map<string, Question>();
  readonly leaves: LeaveOracle;
  readonly budget: BudgetOracle;
  readonly #shoutRules: RaceRules;
  readonly #calls = new Map<string, Gated>();
  readonly #seals = new CountedSeals();
  #pausedAt: number | undefined;
  #isEnded = false;

  constructor(shoutRules: RaceRules, budget: BudgetOracle) {
    this.#shoutRules = shoutRules;
    this.leaves = new LeaveOracle((tool) => this.#rulesOf(tool));
    this.budget = budget;
  }

  /** What the agent shows must be what the oracle knows. */
  see({ approvals, phase, standing }: Shown, now: number): void {
    this.#isEnded = phase === 'ended';
    this.leaves.see(standing, now);
    for (const approval of approvals) {
      const known = this.questions.get(approval.id) ?? this.#ask(approval, now);
      if (this.#isEnded && known.fate === 'open') known.fate = 'void';
      const shown = known.fate === 'void' ? 'withdrawn' : known.fate;
      assert.equal(approval.status, shown, `${approval.id} has one outcome`);
      const said = ({ decision, by }: Pick<Decide, 'decision' | 'by'>) => ({ decision, by });
      assert.deepEqual(approval.decisions.map(said), known.accepted.map(said));
      assert.equal(approval.told ?? 0, known.clock.told, `${approval.id}: how often people are told`);
      assert.ok(approval.revision >= known.revision);
      known.revision = approval.revision;
    }
    this.#forget(approvals, now);
  }

  #ask(approval: Approval, now: number): Question {
    const { id, revision, decisions, subject, tool } = approval;
    assert.equal(approval.status, 'open', 'nothing is decided before it was asked');
    if (subject === 'tool') this.leaves.assertNone(approval, now);
    if (subject === 'budget') this.budget.assertNeeded(approval.args, now);
    // Who has edited a call that several must agree to has said yes to it, and nobody else has.
    const editor = subject === 'tool' ? this.#call(approval).editedBy : undefined;
    assert.deepEqual(
      decisions.map(({ decision, by }) => `${decision} ${by}`),
      editor === undefined ? [] : [`approve ${editor}`],
    );
    const accepted = decisions.map(({ by }) => ({ approval: id, decision: 'approve' as const, by }));
    const rules = this.#rulesOf(tool);
    // Of what became of a call the same people are asked, at their leisure.
    const clock = new QuestionClock(approval, subject === 'tool' ? rules : undefined);
    const required = requiredOf(rules);
    const question = { approval, rules, clock, required, fate: 'open' as const, revision, accepted };
    this.questions.set(id, question);
    return question;
  }

  /** A question about the budget goes when the budget is extended without an answer to it. */
  #forget(shown: readonly Approval[], now: number): void {
    for (const [id, { fate, approval }] of this.questions) {
      if (fate !== 'open' || approval.subject !== 'budget' || shown.some((one) => one.id === id)) continue;
      assert.ok(this.#isEnded || !this.budget.isUsedUp(now), `${id} is not asked any more`);
      this.questions.delete(id);
    }
  }

  /** How a decision must be answered; nothing when it counts, or counted. */
  refusalOf(decide: Decide, sender: Sender, now: number): FailureType | undefined {
    if (this.#isEnded) return 'Closed';
    if (this.#seals.has(decide)) return undefined;
    const question = this.questions.get(decide.approval);
    if (question === undefined) return 'NotFound';
    if (isRepeat(question, decide)) return undefined;
    if (question.fate !== 'open') return 'Conflict';
    const { approval, accepted } = question;
    const { by, decision } = decide;
    if (!this.#mayDecide(question, sender)) return 'Forbidden';
    if (isClaimedByAnother(question, by, now)) return 'Conflict';
    if (decision === 'approve' && accepted.some((other) => isSame(other.by, by))) return 'Conflict';
    if (isStale(question, decide)) return 'Conflict';
    if (!approval.allowedDecisions.includes(decision)) return 'Invalid';
    return decide.args !== undefined && 'nonsense' in decide.args ? 'Invalid' : undefined;
  }

  /** A decision that was not refused. */
  accept(decide: Decide, sender: Sender, now: number): void {
    if (this.#seals.has(decide)) return;
    const question = this.questions.get(decide.approval);
    if (question === undefined || isRepeat(question, decide)) return;
    this.#seals.add(decide, sender);
    const { approval, accepted, required } = question;
    accepted.push(decide);
    // One no is enough, and a yes is one of as many as it takes.
    if (decide.decision === 'approve' && accepted.length < required) return;
    question.fate = 'decided';
    if (approval.subject === 'budget') {
      if (decide.decision !== 'reject') this.budget.extend(decide.args ?? approval.args, now);
      return;
    }
    const call = this.#call(approval);
    if (decide.decision === 'approve') call.leave = approval.args;
    else if (decide.decision !== 'edit') call.refused = decide.decision;
    else if (required > 1) call.editedBy = decide.by;
    else call.leave = decide.args ?? {};
  }

  /** How somebody who claims an approval, or lets go of it, must be answered; keeps what comes of it. */
  claim(what: 'claim' | 'release', claim: Claim, sender: Sender, now: number): FailureType | undefined {
    if (this.#isEnded) return 'Closed';
    if (this.#seals.has(claim)) return undefined;
    const question = this.questions.get(claim.approval);
    if (question === undefined) return 'NotFound';
    if (question.fate !== 'open') return 'Conflict';
    const { claim: earlier } = question;
    const isOwn = earlier !== undefined && isSame(earlier.by, claim.by) && earlier.until > now;
    // What leaves everything as it is needs no leave and no lock.
    if (what === 'claim' ? isOwn : earlier === undefined) return undefined;
    if (what === 'claim' && (question.approval.subject === 'budget' || question.required > 1))
      return 'Invalid';
    if (what === 'claim' && !this.#mayDecide(question, sender)) return 'Forbidden';
    const mayFree = what === 'release' && isAtLeast(sender.role, 'operator');
    if (!mayFree && isClaimedByAnother(question, claim.by, now)) return 'Conflict';
    if (isStale(question, claim)) return 'Conflict';
    if (what === 'claim') question.claim = { by: claim.by, until: now + HOUR_MS };
    else delete question.claim;
    this.#seals.add(claim, sender);
    return undefined;
  }

  give(given: GiveLeave, sender: Sender, now: number): FailureType | undefined {
    if (this.#isEnded) return 'Closed';
    if (this.#seals.has(given)) return undefined;
    const before = this.leaves.size;
    const refused = this.leaves.give(given, sender, now);
    if (this.leaves.size > before) this.#seals.add(given, sender);
    return refused;
  }

  revoke(revoke: Revoke, sender: Sender, revision: number): FailureType | undefined {
    if (this.#isEnded) return 'Closed';
    if (this.#seals.has(revoke)) return undefined;
    const refused = this.leaves.revoke(revoke, revision);
    if (refused === undefined) this.#seals.add(revoke, sender);
    return refused;
  }

  /** Time has passed: what nobody decided until now has expired. */
  pass(now: number): void {
    if (this.#isEnded) return;
    for (const question of this.questions.values()) {
      if (question.fate !== 'open' || !this.#isDue(question, now)) continue;
      if (question.approval.subject === 'budget') continue; // With it the agent ends.
      question.fate = 'expired';
      this.#call(question.approval).refused = 'expired';
    }
  }

  #isDue({ clock }: Question, now: number): boolean {
    return clock.pass(now, { isPaused: this.#pausedAt !== undefined, isOver: this.budget.isOver(now) });
  }

  pause(now: number): void {
    if (!this.#isEnded) this.#pausedAt ??= now;
  }

  resume(now: number): void {
    if (this.#isEnded || this.#pausedAt === undefined) return;
    for (const { fate, clock } of this.questions.values())
      if (fate === 'open') clock.resume(this.#pausedAt, now);
    this.#pausedAt = undefined;
  }

  /** A step begins, by this decision or leave. */
  start({ args, tool, ...place }: ToolInvocation, by: string | undefined): void {
    const call = this.#call(place);
    assert.ok(!this.#isEnded, 'nothing starts after the end');
    assert.equal(this.#pausedAt, undefined, 'nothing starts during a pause');
    assert.equal(call.refused, undefined, `a call that was ${call.refused} never runs`);
    // Another try needs no leave of its own, unless the one that it ran by was taken back, and it runs by another.
    const isAnotherTry = call.leave !== undefined && by === call.by;
    if (isAnotherTry || !this.leaves.begin(by, { tool, args }))
      assert.deepEqual(args, call.leave, 'only what somebody has agreed to, exactly so, and once');
    assert.equal(call.running, undefined);
    call.running = args;
    call.by = by;
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
    this.leaves.close();
    for (const [place, { leave, mayTryAgain, dispatches, refused, editedBy }] of this.#calls) {
      const isUsed = leave === undefined || mayTryAgain === true;
      // An edit that makes a call one that was rejected before is not asked about again.
      const hasRun = dispatches > 0 || editedBy !== undefined;
      assert.ok(refused !== undefined || (isUsed && hasRun), `${place} never ran`);
    }
    for (const { fate, approval } of this.questions.values())
      assert.notEqual(fate, 'open', `${approval.id} is still open`);
  }

  #rulesOf(tool: string): RaceRules | undefined {
    return tool === 'shout' ? this.#shoutRules : undefined;
  }

  #mayDecide({ approval, rules, clock }: Question, sender: Sender): boolean {
    if (approval.subject !== 'budget') return mayDecide(rules, clock.isEscalated, sender);
    // Who only says who they are is believed; who is signed in must be an admin.
    return sender.role === undefined || isAtLeast(sender.role, 'admin');
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

function isClaimedByAnother({ claim }: Question, by: string, now: number): boolean {
  return claim !== undefined && claim.until > now && !isSame(claim.by, by);
}

function isStale({ revision }: Question, { revision: seen }: Pick<Claim, 'revision'>): boolean {
  return seen !== undefined && seen !== revision;
}
