import { defaultPayloadConverter, type Payload, type PayloadConverter } from '@temporalio/common';
import type { Undecodable } from './undecodable.ts';

/**
 * Plain JSON, as Temporal's own converter writes it. Decoding never throws: an exception here would fail the workflow
 * task for ever, so that one bad payload sent from outside could hold up an agent for good.
 */
export const payloadConverter: PayloadConverter = {
  toPayload: (value) => defaultPayloadConverter.toPayload(value),
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- The SDK's interface has it so.
  fromPayload<T>(payload: Payload): T {
    try {
      return defaultPayloadConverter.fromPayload<T>(payload);
    } catch (error) {
      const undecodable: Undecodable = {
        undecodable: true,
        reason: error instanceof Error ? error.message : String(error),
      };
      return undecodable as T; // Every reader of payloads parses them, so the claimed type is checked again there.
    }
  },
};
