import { defaultPayloadConverter, type Payload, type PayloadConverter } from '@temporalio/common';
import type { Undecodable } from './undecodable.ts';

/** Schemas and hashes recurse: what is nested deeper than any honest value would overflow their stack. */
const MAX_DEPTH = 100;
/** A tool's result is wrapped on its way: in its outcome, and the outcome in the list of a batch. */
export const MAX_RESULT_DEPTH = 95;

export function isTooDeep(value: unknown, most = MAX_DEPTH): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > most) return true;
    level = level.flatMap((part) =>
      typeof part === 'object' && part !== null ? (Object.values(part) as unknown[]) : [],
    );
  }
  return false;
}

/**
 * Plain JSON, as Temporal's own converter writes it. Decoding never throws: an exception here would fail the workflow
 * task for ever, so that one bad payload sent from outside could hold up an agent for good.
 */
export const payloadConverter: PayloadConverter = {
  toPayload: (value) => defaultPayloadConverter.toPayload(value),
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- The SDK's interface has it so.
  fromPayload<T>(payload: Payload): T {
    try {
      const value = defaultPayloadConverter.fromPayload<T>(payload);
      if (isTooDeep(value)) throw new RangeError(`JSON nested more than ${MAX_DEPTH} levels deep`);
      return value;
    } catch (error) {
      const undecodable: Undecodable = {
        undecodable: true,
        reason: error instanceof Error ? error.message : String(error),
      };
      return undecodable as T; // Every reader of payloads parses them, so the claimed type is checked again there.
    }
  },
};
