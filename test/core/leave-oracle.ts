import assert from 'node:assert/strict';
import type { Approval } from '../../src/contracts/approval.ts';
import type { FailureType } from '../../src/contracts/failures.ts';
import type { JsonObject } from '../../src/contracts/json.ts';
import type { GiveLeave, Revoke } from '../../src/contracts/messages.ts';
import type { StandingGrant } from '../../src/contracts/standing-grant.ts';
import { mayDecide, type RaceRules, requiredOf, type Sender } from './race-rules.ts';

/** Leave that somebody gave ahead, as whoever gave it means it. */
interface Leave {
  readonly given: GiveLeave;
  readonly sender: Sender;
  readonly until: number;
  id?: string;
  /** How often it has let something through, and how much of that has not begun yet. */
  used: number;
  notBegun: number;
  revokedBy?: string;
}

/** A call that leave may be for. */
type Action = Pick<Approval, 'tool' | 'args'>;

/** Conditions of the races, and what they mean. */
export const leaveConditions: Readonly<Record<string, (args: JsonObject) => boolean>> = {
  'args.what == "s0"': ({ what }) => what === 's0',
  'args.invoice == "i1"': ({ invoice }) => invoice === 'i1',
};
/** The one rule by which `pay` asks in the races. */
export const payRule = 'facts.amount > 1000.0';

/** Leave given ahead: it lets through only what it is for, from who may give it, so often and so long as they said. */
export class LeaveOracle {
  readonly #leaves: Leave[] = [];
  readonly #rulesOf: (tool: string) => RaceRules | undefined;

  constructor(rulesOf: (tool: string) => RaceRules | undefined) {
    this.#rulesOf = rulesOf;
  }

  get ids(): string[] {
    return this.#leaves.flatMap(({ id }) => id ?? []);
  }

  get size(): number {
    return this.#leaves.length;
  }

  /** How somebody who gives leave must be answered; keeps what they gave. */
  give(given: GiveLeave, sender: Sender, now: number): FailureType | undefined {
    const same = (other: Leave) => wordsOf(other.given) === wordsOf(given);
    if (this.#leaves.some((leave) => same(leave) && isInForce(leave, now))) return undefined;
    const until = Date.parse(given.until);
    if (until <= now) return 'Invalid';
    this.#leaves.push({ given, sender, until, used: 0, notBegun: 0 });
    return undefined;
  }

  revoke({ grant, by, revision }: Revoke, shown: number): FailureType | undefined {
    const leave = this.#leaves.find(({ id }) => id === grant);
    if (leave === undefined) return 'NotFound';
    if (leave.revokedBy !== undefined) return leave.revokedBy === by ? undefined : 'Conflict';
    if (revision !== undefined && revision !== shown) return 'Conflict';
    leave.revokedBy = by;
    return undefined;
  }

  /** What the agent shows of leave must be what was given, and each use of it must have been one. */
  see(shown: readonly StandingGrant[], now: number): void {
    for (const grant of shown) {
      const leave = this.#leaves.find(({ id }) => id === grant.id) ?? this.#newest(grant);
      const uses = grant.used - leave.used;
      assert.ok(uses >= 0);
      assert.equal(grant.revoked?.by, leave.revokedBy);
      if (uses === 0) continue;
      // In force until the last of these uses.
      assert.ok(isInForce({ ...leave, used: grant.used - 1 }, now), `${grant.id} is over, and was used`);
      assert.ok(this.#maybeGiven(leave), `${leave.given.by} may not give leave for ${grant.tool}`);
      leave.used = grant.used;
      leave.notBegun += uses;
    }
    assert.equal(shown.length, this.#leaves.length, 'each leave is kept');
  }

  /** A call begins by this leave; false when there is none of that id. */
  begin(id: string | undefined, action: Action): boolean {
    const leave = this.#leaves.find((other) => other.id === id);
    if (id === undefined || leave === undefined) return false;
    assert.ok(isAbout(leave, action), `${id} is not for this`);
    assert.ok(leave.notBegun > 0, `a call counts as a use of ${id}`);
    leave.notBegun -= 1;
    return true;
  }

  /** People are asked about this: nobody has given leave for it. */
  assertNone(action: Action, now: number): void {
    const leave = this.#leaves.find(
      (one) => isInForce(one, now) && isAbout(one, action) && this.#maybeGiven(one),
    );
    assert.equal(leave, undefined, 'what somebody gave leave for is not asked about');
  }

  /** What leave let through has begun, unless it was taken back before. */
  close(): void {
    for (const { id, notBegun, revokedBy } of this.#leaves)
      if (revokedBy === undefined) assert.equal(notBegun, 0, `${id ?? ''} let nothing through`);
  }

  /** Only who might decide may give leave, and only where one person decides. */
  #maybeGiven({ given, sender }: Leave): boolean {
    const rules = this.#rulesOf(given.tool);
    return requiredOf(rules) === 1 && mayDecide(rules, false, sender);
  }

  #newest({ id, tool, by, signedInAs }: StandingGrant): Leave {
    const leave = this.#leaves.at(-1);
    assert.ok(leave && leave.id === undefined, `nobody gave ${id}`);
    assert.deepEqual([tool, by, signedInAs], [leave.given.tool, leave.given.by, leave.sender.role]);
    leave.id = id;
    return leave;
  }
}

function isInForce({ until, used, given, revokedBy }: Leave, now: number): boolean {
  return revokedBy === undefined && until > now && used < (given.uses ?? Infinity);
}

function isAbout({ given }: Leave, { tool, args }: Action): boolean {
  if (given.tool !== tool || (given.rule !== undefined && given.rule !== payRule)) return false;
  return given.when === undefined || leaveConditions[given.when]?.(args) === true;
}

function wordsOf({ tool, rule, when, until, uses, by }: GiveLeave): string {
  return JSON.stringify([tool, rule, when, until, uses, by]);
}
