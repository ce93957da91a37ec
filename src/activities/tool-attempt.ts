import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import * as z from 'zod';
import type { ToolInvocation } from '../contracts/tool.ts';
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

  constructor({ mayHaveActed }: Pick<ToolInvocation, 'mayHaveActed'>) {
    const { info } = Context.current();
    const idle = Idle.safeParse(info.heartbeatDetails).data?.didNothing ?? 0;
    this.mayHaveActed = (mayHaveActed ?? info.attempt > idle + 1) ? true : undefined;
  }

  /** Whether it may have been given up meanwhile. */
  get isLate(): boolean {
    return isLate(performance.now() - this.#begun);
  }

  /** The failure of an attempt in which the tool was not run. */
  notBegun(error: unknown): Error {
    return this.#failure(error, { notBegun: true });
  }

  failed(error: unknown): Error {
    return this.#failure(error, {});
  }

  #failure(error: unknown, how: { notBegun?: true }): Error {
    const { mayHaveActed } = this;
    const failure = toolFailure(error, { ...how, ...(mayHaveActed ? { mayHaveActed } : {}) });
    const isIdle =
      failure instanceof ApplicationFailure && didNothing({ type: failure.type ?? '', message: '', ...how });
    // Details survive an attempt that fails.
    const context = Context.current();
    if (isIdle && !mayHaveActed) context.heartbeat({ didNothing: context.info.attempt });
    return failure;
  }
}
