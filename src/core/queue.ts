import type { AgentState } from '../contracts/state.ts';
import type { ExternalEvent, HeardMessage } from '../contracts/messages.ts';
import type { Rejection } from '../contracts/failures.ts';
import { jsonBytes } from '../contracts/json.ts';
import { holds } from './condition.ts';
import { type Steps, stepsForEvents } from './condition-steps.ts';
import { MAX_EVENTS_BYTES, MAX_INBOX_BYTES, MAX_QUEUED } from './bounds.ts';

/** Why a message can't be queued. The sender of an update hears of it; that of a signal can't, so it is logged. */
export function inboxProblem(
  { inbox, inboxBytes }: AgentState,
  message: HeardMessage,
): Rejection | undefined {
  return problem(
    { length: inbox.length, bytes: inboxBytes, most: MAX_INBOX_BYTES, what: 'messages' },
    message,
  );
}

/** An event that is waited for is taken out of turn, but it must not be too large either. Whether it is, is asked only where that matters. */
export function eventsProblem(
  { events, eventsBytes }: AgentState,
  event: ExternalEvent,
  isAwaited: () => boolean,
): Rejection | undefined {
  const queue = { length: events.length, bytes: eventsBytes, most: MAX_EVENTS_BYTES, what: 'events' };
  const found = problem(queue, event);
  return found?.type === 'Conflict' && isAwaited() ? undefined : found;
}

interface Queue {
  readonly length: number;
  readonly bytes: number;
  readonly most: number;
  readonly what: string;
}

function problem({ length, bytes, most, what }: Queue, added: object): Rejection | undefined {
  const size = jsonBytes(added);
  if (size > most) {
    const message = `${size} bytes are more than the ${most} that may wait; put it into a file and name that`;
    return { type: 'Invalid', message };
  }
  if (length < MAX_QUEUED && bytes + size <= most) return undefined;
  return {
    type: 'Conflict',
    message: `${length} ${what} are waiting to be read already; send it again later`,
  };
}

export function queueMessage(state: AgentState, message: HeardMessage): AgentState {
  return {
    ...state,
    inbox: [...state.inbox, message],
    inboxBytes: state.inboxBytes + jsonBytes(message),
  };
}

export function queueEvent(state: AgentState, event: ExternalEvent): AgentState {
  return {
    ...state,
    events: [...state.events, event],
    eventsBytes: state.eventsBytes + jsonBytes(event),
  };
}

/** What events somebody waits for: of a name, and of those only the ones of which the filter holds. */
export interface Awaited {
  readonly name: string;
  readonly filter?: string | undefined;
}

/**
 * Says of each that waits whether it waits for an event. A filter that can't be evaluated does not let it through: the event is kept
 * for whoever else wants it. All filters pay from one account: a model may have many, and thousands of events may come at once.
 */
export function awaitedBy(event: ExternalEvent, paid?: Steps): (awaited: Awaited) => boolean {
  const values = { name: event.name, payload: event.payload ?? null };
  let account = paid;
  return ({ name, filter }) => {
    if (event.name !== name) return false;
    if (filter === undefined) return true;
    account ??= stepsForEvents(jsonBytes(event));
    return holds(filter, values, account) === true;
  };
}

/** The oldest event that is awaited, taken out of the queue; undefined when none has come. */
export function takeEvent(
  state: AgentState,
  awaited: Awaited,
): { state: AgentState; event: ExternalEvent } | undefined {
  const account = stepsForEvents(state.eventsBytes);
  const at = state.events.findIndex((event) => awaitedBy(event, account)(awaited));
  const event = state.events[at];
  if (!event) return undefined;
  const eventsBytes = state.eventsBytes - jsonBytes(event);
  return { state: { ...state, events: state.events.toSpliced(at, 1), eventsBytes }, event };
}

/** The queues without what has been read from their fronts. */
export function withoutRead(state: AgentState, messages: number, events: number): AgentState {
  const inbox = state.inbox.slice(messages);
  const later = state.events.slice(events);
  return {
    ...state,
    ...{ inbox, inboxBytes: inbox.length === 0 ? 0 : state.inboxBytes - sizeOf(state.inbox, messages) },
    ...{
      events: later,
      eventsBytes: later.length === 0 ? 0 : state.eventsBytes - sizeOf(state.events, events),
    },
  };
}

function sizeOf(queue: readonly object[], count: number): number {
  return queue.slice(0, count).reduce((size, item) => size + jsonBytes(item), 0);
}
