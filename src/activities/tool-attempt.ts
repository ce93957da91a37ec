import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import * as z from 'zod';
import type { EffectClass, ToolInvocation } from '../contracts/tool.ts';
import { didNothing } from '../core/tool-wait.ts';
import { isLate } from './lease.ts';
import { toolFailure } from './tool-failure.ts';

/** What an attempt leaves behind for the next one: it and all before it did nothing. */
const Idle = z.object({ didNothing: z.int() });

/**
 * An attempt at a call, as far as it matters whether the effect has happened. It may have, once another attempt was made before that
 * did not say the contrary: one that died says nothing.
 */
export class ToolAttempt {
  readonly mayHaveActed: true | undefined;
  readonly #begun = performance.now();
  readonly #effect: EffectClass | undefined;
  #hasActed = false;

  constructor({ mayHaveActed }: Pick<ToolInvocation, 'mayHaveActed'>, effect: EffectClass | undefined) {
    const { info } = Context.current();
    const idle = Idle.safeParse(info.heartbeatDetails).data?.didNothing ?? 0;
    // An operator may have Temporal count the attempts anew.
    const isOpen = mayHaveActed ?? idle !== info.attempt - 1;
    this.#effect = effect;
    this.mayHaveActed = isOpen && effect !== 'pure' ? true : undefined;
  }

  /** Whether it may have been given up meanwhile. */
  get isLate(): boolean {
    return isLate(performance.now() - this.#begun);
  }

  /** The tool has ended its work; what fails from now on is what becomes of its result. */
  acted(): void {
    this.#hasActed = this.#effect !== 'pure';
  }

  /** The failure of an attempt in which the tool was not run. */
  notBegun(error: unknown): Error {
    return this.#failure(error, { notBegun: true });
  }

  failed(error: unknown): Error {
    return this.#failure(error, {});
  }

  #failure(error: unknown, how: { notBegun?: true }): Error {
    const isOpen = this.mayHaveActed === true || this.#hasActed;
    const failure = toolFailure(error, { ...how, ...(isOpen ? { mayHaveActed: true } : {}) });
    const isIdle = failure instanceof ApplicationFailure && didNothing({ type: failure.type ?? '', ...how });
    // Details survive an attempt that fails.
    const context = Context.current();
    if (isIdle && !isOpen) context.heartbeat({ didNothing: context.info.attempt });
    return failure;
  }
}
