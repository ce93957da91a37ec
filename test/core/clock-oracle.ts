import type { Approval } from '../../src/contracts/approval.ts';
import { ESCALATES_MS, LASTS_MS, type RaceRules, REMINDS_MS } from './race-rules.ts';

/** For so long anything is asked whose rule says nothing. */
const USUAL_MS = 7 * 86_400_000;

/** When something happens to one question although nobody decides. */
export class QuestionClock {
  readonly #askedAt: number;
  readonly #rules: RaceRules | undefined;
  #expiresAt: number;
  #remindsAt: number;
  #escalatesAt: number;
  /** How often people have been told of it again. */
  told = 0;
  isEscalated = false;

  constructor({ requestedAt }: Approval, rules: RaceRules | undefined) {
    this.#askedAt = requestedAt;
    this.#rules = rules;
    this.#expiresAt = requestedAt + (rules ? LASTS_MS : USUAL_MS);
    this.#remindsAt = rules?.reminds === true ? requestedAt + REMINDS_MS : Infinity;
    this.#escalatesAt = rules?.escalates === true ? requestedAt + ESCALATES_MS : Infinity;
  }

  /** Until when it can be decided. */
  get expiresAt(): number {
    return this.#expiresAt;
  }

  /** It is that late now. True when nobody decided in time; while its agent has time, some questions are asked on. */
  pass(now: number, { isPaused, isOver }: { isPaused: boolean; isOver: boolean }): boolean {
    if (isPaused && this.#rules?.stops === true) return false;
    if (this.#escalatesAt <= now) {
      this.#escalatesAt = Infinity;
      this.isEscalated = true;
      this.told += 1;
    }
    if (this.#remindsAt <= now) {
      // What was missed is told once.
      while (this.#remindsAt <= now) this.#remindsAt += REMINDS_MS;
      this.told += 1;
    }
    if (this.#expiresAt > now) return false;
    if (this.#rules?.outcome !== 'ask' || isOver) return true;
    this.#expiresAt = now + LASTS_MS;
    this.told += 1;
    return false;
  }

  /** The agent goes on: for some the time of the pause does not count. */
  resume(pausedAt: number, now: number): void {
    if (this.#rules?.stops !== true) return;
    const stoodMs = now - Math.max(pausedAt, this.#askedAt);
    this.#expiresAt += stoodMs;
    this.#remindsAt += stoodMs;
    this.#escalatesAt += stoodMs;
  }
}
