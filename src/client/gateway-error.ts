import { failures, type FailureType } from '../contracts/failures.ts';

/** The one error that leaves the gateway: a type of the failure table, what happened, and what to do about it. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly type: FailureType;
  readonly details: unknown;
  readonly help: string;

  constructor(
    type: FailureType,
    message: string,
    options: { details?: unknown; help?: string; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.type = type;
    this.details = options.details;
    this.help = options.help ?? failures[type].help;
  }
}

/** With a full stop, so that another sentence can follow. */
export function sentence(text: string): string {
  return text.replace(/\.?$/, '.');
}
