import {
  ApplicationFailure,
  log,
  setDefaultSignalHandler,
  setDefaultUpdateHandler,
  setHandler,
} from '@temporalio/workflow';
import type { Rejection } from '../contracts/failures.ts';
import { messageSignal, messageUpdate } from '../contracts/message-definitions.ts';
import {
  type AgentMessage,
  type AgentMessageName,
  messageDescriptions,
  parseMessage,
} from '../contracts/messages.ts';
import type { StatusDocument } from '../contracts/status.ts';
import { eventOfSignal, messageNames, unknownName } from '../core/incoming.ts';
import { refusal } from '../core/messages.ts';
import { statusDocument } from '../core/status-document.ts';
import type { AgentRun } from './agent-run.ts';
import { sentName } from './reserved-names.ts';
import { agentTime } from './agent-time.ts';

/**
 * Every message comes as a signal or as an update. Handlers are synchronous: they record the message and answer with
 * the new status. An update can be refused to its sender; a signal can't, so what is wrong with it is logged and shown.
 */
export function handleMessages(run: AgentRun): void {
  for (const name of messageNames) {
    const description = messageDescriptions[name];
    setHandler(
      messageSignal(name),
      (payload) => {
        receive(run, name, payload);
      },
      { description },
    );
    setHandler(messageUpdate(name), (payload) => receiveOrThrow(run, name, payload), {
      description,
      validator: (payload) => {
        check(run, name, payload);
      },
    });
  }
  setDefaultSignalHandler((name) => {
    receive(run, sentName(name), undefined);
  });
  setDefaultUpdateHandler((name) => {
    throw failure({ type: 'NotFound', message: unknownName(sentName(name)) });
  });
}

function receive(run: AgentRun, name: string, payload: unknown): void {
  const event = eventOfSignal(name, payload);
  if (event.type === 'message-refused') log.warn('signal refused', { signal: name, reason: event.reason });
  run.record(event);
}

/** The validator has accepted the message; it is checked again because another one may have been handled in between. */
function receiveOrThrow(run: AgentRun, name: AgentMessageName, payload: unknown): StatusDocument {
  const message = check(run, name, payload);
  run.record({ type: 'message-received', message });
  return statusDocument(run.state);
}

function check(run: AgentRun, name: AgentMessageName, payload: unknown): AgentMessage {
  const parsed = parseMessage(name, payload);
  if (!parsed.ok) throw failure({ type: 'Invalid', message: parsed.reason });
  const refused = refusal(run.state, parsed.message, agentTime());
  if (refused) throw failure(refused);
  return parsed.message;
}

/** Only failures of the table may leave a handler: any other error would fail the workflow task and hang the sender. */
export function failure({ type, message }: Rejection): ApplicationFailure {
  return ApplicationFailure.create({ type, message, nonRetryable: true });
}
