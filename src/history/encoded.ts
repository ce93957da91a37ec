import proto from '@temporalio/proto';
import type { HistoryEvent } from './activations.ts';

const { History } = proto.temporal.api.history.v1;

/** A history as Temporal itself would send it, in Protocol Buffers. */
export function encodeHistory(events: readonly HistoryEvent[]): Uint8Array {
  return History.encode({ events: [...events] }).finish();
}

/** Throws if it is none. */
export function decodeHistory(bytes: Uint8Array): HistoryEvent[] {
  return History.decode(bytes).events;
}
