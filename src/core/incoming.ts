import type { NewEvent } from '../contracts/event.ts';
import { type AgentMessageName, agentMessages, parseMessage } from '../contracts/messages.ts';

export const messageNames = Object.keys(agentMessages) as AgentMessageName[]; // The keys of this very record.

export function isMessageName(name: string): name is AgentMessageName {
  return Object.hasOwn(agentMessages, name);
}

/** What a signal means to an agent. Its sender can't be told what is wrong with it, so that is an event as well. */
export function eventOfSignal(name: string, payload: unknown): NewEvent {
  if (!isMessageName(name))
    return { type: 'message-refused', name: `signal ${name.slice(0, 100)}`, reason: unknownName(name) };
  const parsed = parseMessage(name, payload);
  return parsed.ok
    ? { type: 'message-received', message: parsed.message }
    : { type: 'message-refused', name: `signal ${name}`, reason: parsed.reason };
}

export function unknownName(name: string): string {
  return `there is no message ${name.slice(0, 100)}; the messages are: ${messageNames.join(', ')}`;
}

/** Temporal hands on that somebody cancelled the workflow, but not why. */
export const cancelledThroughTemporal: NewEvent = { type: 'cancelled', reason: 'cancelled through Temporal' };
