import type { AgentEvent } from '../contracts/event.ts';
import type { AgentMessage } from '../contracts/messages.ts';
import type { AgentState } from '../contracts/state.ts';
import { MAX_MESSAGES_PER_RUN } from './bounds.ts';
import { isRepeated, personOf, refusal } from './messages.ts';
import type { Cause } from './settle.ts';

/** Who or what made the change, in words for the transition log. Refused and malformed messages are logged too. */
export function causeOf(state: AgentState, event: AgentEvent): Omit<Cause, 'at'> {
  if (isOfChild(event)) return causeOfChild(event);
  switch (event.type) {
    case 'message-received': {
      const { message, at } = event;
      const { by: actor, signedInAs } = personOf(state, message);
      if (isRepeated(state, message, at)) return { cause: `${message.name} (repeated)`, actor, signedInAs };
      const refused = refusal(state, message, at);
      const cause = refused ? `${message.name} refused: ${refused.message}` : describe(message);
      return { cause, actor, signedInAs, always: true };
    }
    case 'message-refused':
      return { cause: `${event.name} refused: ${event.reason}`, actor: 'outside', always: true };
    case 'run-crowded':
      return {
        cause: `${MAX_MESSAGES_PER_RUN} messages in this run: send updates, which can be refused; the server soon refuses signals`,
        actor: 'agent',
        always: true,
      };
    case 'reset':
      return {
        cause: 'reset to this moment: what was decided since counts no more',
        actor: 'outside',
        always: true,
      };
    case 'fork-loaded': {
      const { fork } = state.start;
      return { cause: `forked from ${fork?.agent ?? ''}@${fork?.turn ?? 0}`, actor: 'agent' };
    }
    case 'definition-failed':
    case 'record-lost':
    case 'model-failed':
    case 'tool-lost':
    case 'assessment-lost':
    case 'reconciliation-lost':
      return {
        cause: `${event.type}: ${event.problem.type}: ${event.problem.message}`.slice(0, 500),
        actor: 'agent',
      };
    case 'tool-reconciled':
      return { cause: `${event.type}: ${event.found.type}`, actor: 'agent' };
    default:
      return { cause: event.type, actor: 'agent' };
  }
}

type ChildEvent = Extract<AgentEvent, { type: `child-${string}` }>;

function isOfChild(event: AgentEvent): event is ChildEvent {
  return event.type.startsWith('child-');
}

function causeOfChild(event: ChildEvent): Omit<Cause, 'at'> {
  switch (event.type) {
    case 'child-started':
    case 'child-told':
    case 'child-missed':
    case 'child-seen':
      return { cause: `${event.type}: ${event.child}`, actor: 'agent' };
    case 'child-refused':
      return {
        cause: `${event.type}: ${event.child}: ${event.problem.message}`.slice(0, 500),
        actor: 'agent',
      };
    case 'child-ended':
      return { cause: `child ${event.ending.status}: ${event.child}`, actor: event.child };
  }
}

function describe(message: AgentMessage): string {
  switch (message.name) {
    case 'decide': {
      const { decision, approval, message: said } = message.payload;
      return `${decision} ${approval}${said === undefined ? '' : `: ${said}`}`.slice(0, 500);
    }
    case 'event':
      return `event ${message.payload.name}`;
    case 'pause':
    case 'stop':
    case 'resume': {
      const { reason } = message.payload;
      return reason === undefined ? message.name : `${message.name}: ${reason}`;
    }
    case 'claim':
    case 'release':
      return `${message.name} ${message.payload.approval}`;
    case 'reassign': {
      const { approval, to, role, reason } = message.payload;
      return `reassign ${approval} to ${to ?? role ?? ''}${reason === undefined ? '' : `: ${reason}`}`.slice(
        0,
        500,
      );
    }
    case 'grant': {
      const { tool, rule, when, until, reason } = message.payload;
      const bounds = [rule, when, `until ${until}`, reason].filter((part) => part !== undefined);
      return `grant ${tool}: ${bounds.join('; ')}`.slice(0, 500);
    }
    case 'revoke':
      return `revoke ${message.payload.grant}`;
    case 'childEnded':
      return `${message.name}: ${message.payload.child}`;
    case 'message':
    case 'extendBudget':
      return message.name;
  }
}
