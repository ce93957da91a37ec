import { setTimeout as pause } from 'node:timers/promises';
import { GatewayError } from '../../src/client/gateway-error.ts';
import { decideAlone, sendDecision } from '../../temporal/demo-decisions.ts';
import { expectedPayments, paidIn } from '../support/expected-payments.ts';
import { historyOf, stepsIn } from './evidence.ts';
import type { World } from './world.ts';

const pollMs = 200;
const ended = new Set(['completed', 'failed', 'cancelled']);

/** The shipped agent with the shipped invoices among the agents of a plan, and a clerk who decides for it. */
export class Desk {
  readonly agent = 'desk';
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  async work(isOver: () => boolean): Promise<void> {
    await this.#world.observer.start(
      { agent: 'invoice-desk', input: 'Work through the invoices.' },
      { id: this.agent },
    );
    while (!isOver()) {
      const status = await this.#look();
      for (const approval of status?.approvals ?? []) {
        const answer = await decideAlone(approval, () => Promise.resolve(true));
        if (typeof answer !== 'object') continue;
        await sendDecision(this.#world.gateway, this.agent, approval, { ...answer, by: 'clerk' });
      }
      if (status && ended.has(status.status)) return;
      await pause(pollMs);
    }
  }

  /** The same money as without any fault, and each step recorded once. */
  async violations(): Promise<string[]> {
    const { status } = await this.#world.observer.status(this.agent);
    const expected = JSON.stringify((await expectedPayments(this.#world.workspace)).paid);
    const all = Object.entries(paidIn(this.#world.ledgerFile));
    const paid = JSON.stringify(Object.fromEntries(all.filter(([path]) => path.startsWith('invoices/'))));
    const repeated = stepsIn(await historyOf(this.#world.client, this.agent)).filter(
      ({ asked }) => asked.filter(({ ended: how }) => how === 'completed').length > 1,
    );
    return [
      ...(status === 'completed' ? [] : [`${this.agent}: did not end: it is ${status}`]),
      ...(paid === expected ? [] : [`${this.agent}: paid ${paid}, not ${expected}`]),
      ...repeated.map(({ name }) => `${this.agent}: step ${name} was completed more than once`),
    ];
  }

  async #look() {
    try {
      return await this.#world.gateway.status(this.agent);
    } catch (error) {
      if (error instanceof GatewayError) return undefined;
      throw error;
    }
  }
}
