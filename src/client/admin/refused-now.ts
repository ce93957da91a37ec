import type { StatusDocument } from '../../contracts/status.ts';
import { GatewayError } from '../gateway-error.ts';

/** A conflict, with the state that the agent is in now: whoever decided on an older one can decide again. */
export class RefusedNow extends GatewayError {
  readonly current: StatusDocument;

  constructor(refusal: GatewayError, current: StatusDocument) {
    super(refusal.type, refusal.message, { help: refusal.help, cause: refusal });
    this.current = current;
  }
}
