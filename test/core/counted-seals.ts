import type { Decide } from '../../src/contracts/messages.ts';
import type { Sender } from './race-rules.ts';

type Sealed = Pick<Decide, 'seal'>;

/** A message that is sealed counts once, whoever sends it again: those that have changed something. */
export class CountedSeals {
  readonly #seen = new Set<string>();

  has({ seal }: Sealed): boolean {
    return seal !== undefined && this.#seen.has(seal.signature);
  }

  /** A seal that does not hold is nothing that could count. */
  add({ seal }: Sealed, { role }: Sender): void {
    if (seal !== undefined && role !== undefined) this.#seen.add(seal.signature);
  }
}
