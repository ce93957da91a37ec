import { defaultPayloadConverter, type Payload, type PayloadConverter } from '@temporalio/common';

/** What stands in for a payload that nobody can decode. Schemas refuse it like any other wrong value, naming the reason. */
export interface Undecodable {
  readonly undecodable: true;
  readonly reason: string;
}

/**
 * Plain JSON, as Temporal's own converter writes it. Decoding never throws: an exception here would fail the workflow
 * task for ever, so that one bad payload sent from outside could hold up an agent for good.
 */
export const payloadConverter: PayloadConverter = {
  toPayload: (value) => defaultPayloadConverter.toPayload(value),
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
