import type { FailureType } from '../../contracts/failures.ts';

/** The part of the failure table that a model server can cause. */
export type ModelFailureType = Extract<FailureType, `Model${string}` | 'ContextTooLong'>;

/**
 * What went wrong in a model call, before it leaves the adapter. Its message may quote the server word for word;
 * only `toApplicationFailure` turns it into something that others see, so that secrets are removed in one place.
 */
export class ModelFault extends Error {
  override readonly name = 'ModelFault';
  readonly type: ModelFailureType;
  /** How long the server asks to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  constructor(type: ModelFailureType, message: string, retryAfterMs?: number) {
    super(message);
    this.type = type;
    this.retryAfterMs = retryAfterMs;
  }
}
