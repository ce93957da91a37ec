import assert from 'node:assert/strict';
import type { JsonObject } from '../../src/contracts/json.ts';

const WEEK_MS = 7 * 86_400_000;

/** How far an agent may go: as many turns and as long as its definition says, and what people have added. */
export class BudgetOracle {
  #turns: number;
  #endsAt: number;
  #used = 0;
  /** Extensions that may come twice and count once. */
  readonly #seen = new Set<string>();

  constructor(turns: number, endsAt: number) {
    this.#turns = turns;
    this.#endsAt = endsAt;
  }

  isUsedUp(now: number): boolean {
    return this.#used >= this.#turns || now >= this.#endsAt;
  }

  isOver(now: number): boolean {
    return now >= this.#endsAt;
  }

  /** The model is asked. */
  use(now: number): void {
    assert.ok(!this.isUsedUp(now), 'no turn more than people have given');
    this.#used += 1;
  }

  extend({ turns, deadline }: JsonObject, now: number, id?: string): void {
    if (id !== undefined && this.#seen.has(id)) return;
    if (id !== undefined) this.#seen.add(id);
    if (typeof turns === 'number') this.#turns += turns;
    if (deadline === '7d') this.#endsAt = Math.max(this.#endsAt, now) + WEEK_MS;
  }

  /** What people are asked to add must be what is short, and enough. */
  assertNeeded({ turns, deadline }: JsonObject, now: number): void {
    assert.ok(this.isUsedUp(now), 'people are asked for more only when something is used up');
    assert.ok((typeof turns === 'number' && turns > 0) || deadline === '7d', 'and for something');
  }
}
