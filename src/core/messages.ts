import type { AgentState } from '../contracts/state.ts';
import type { Child } from '../contracts/child.ts';
import { keyOfId } from '../contracts/keyed-id.ts';
import type { AgentMessage, ChildEnded, ExternalEvent } from '../contracts/messages.ts';
import type { Rejection } from '../contracts/failures.ts';
import { decisionProblem, findApproval, isRepeatedDecision } from './approvals.ts';
import { extendLimits } from './budget.ts';
import { endCall } from './calls.ts';
import { lookNow, withChild } from './children.ts';
import { livingChildren } from './living-children.ts';
import { applyDecision } from './decide.ts';
import { readAgain } from './load-failure.ts';
import { hashText } from './hash.ts';
import { eventsProblem, inboxProblem, isAwaited, queueEvent, queueMessage } from './queue.ts';
import { hasSeen, withSeen } from './seen-ids.ts';
import { endToolWait } from './tool-wait.ts';
import { checkNow } from './watch.ts';
import { checkBudget, hasNews, resumeIfAffordable, resumeTurn } from './turn.ts';

/** Whether this very message has been accepted before; it then changes nothing and is answered as the first one was. */
export function isRepeated(state: AgentState, message: AgentMessage): boolean {
  switch (message.name) {
    case 'decide': {
      const approval = findApproval(state, message.payload.approval);
      return approval !== undefined && isRepeatedDecision(approval, message.payload);
    }
    case 'message':
    case 'event':
    case 'extendBudget':
      return isSeen(state, message.name, message.payload.id);
    case 'pause':
      return state.paused !== undefined;
    case 'stop':
      return state.stopping !== undefined;
    case 'childEnded':
      return hintedChild(state, message.payload)?.look === undefined;
    case 'resume':
      return false;
  }
}

function isSeen(state: AgentState, kind: Identified, id: string | undefined): boolean {
  return id !== undefined && hasSeen(state.seenIds, seenId(kind, id));
}

/** A key that was used for something else says that one of the two was a mistake, and nobody knows which. */
function keyProblem(state: AgentState, { name, payload }: Extract<AgentMessage, { name: Identified }>) {
  const key = payload.id === undefined ? undefined : keyOfId(payload.id);
  if (!isSeen(state, name, key)) return undefined;
  return { type: 'KeyReused', message: `the key came before with another ${name}` } as const;
}

/** Of the others Temporal itself tells. */
function hintedChild(state: AgentState, { child }: ChildEnded): Child | undefined {
  return livingChildren(state).find(({ id }) => id === child);
}

/** Why a message from outside is not accepted; undefined when it is. Reads only: validators call it. */
export function refusal(state: AgentState, message: AgentMessage): Rejection | undefined {
  if (state.phase === 'ended') return { type: 'Closed', message: `the agent has ended: ${state.status}` };
  if (isRepeated(state, message)) return undefined;
  if (message.name === 'decide') return decisionProblem(state, message.payload);
  if (state.stopping && (message.name === 'message' || message.name === 'event')) {
    // Nobody would read it any more; its sender must know rather than think that it was heard.
    return {
      type: 'Closed',
      message: `the agent is being stopped by ${state.stopping.by} and reads no more`,
    };
  }
  if (message.name === 'childEnded') return undefined;
  if (isIdentified(message)) {
    const reused = keyProblem(state, message);
    if (reused) return reused;
  }
  const { revision } = message.payload;
  if (revision !== undefined && revision !== state.revision) {
    return {
      type: 'Conflict',
      message: `the agent is at revision ${state.revision}, this was based on ${revision}`,
    };
  }
  if (message.name === 'message') return inboxProblem(state, message.payload);
  if (message.name === 'event')
    return eventsProblem(state, message.payload, waitingFor(state, message.payload) !== undefined);
  return undefined;
}

function waitingFor(state: AgentState, event: ExternalEvent) {
  return state.calls.find(
    (call) => call.status === 'waiting' && call.wait.kind === 'event' && isAwaited(call.wait, event),
  );
}

/** Messages whose ids are kept. */
type Identified = 'message' | 'event' | 'extendBudget';

function isIdentified(message: AgentMessage): message is Extract<AgentMessage, { name: Identified }> {
  return ['message', 'event', 'extendBudget'].includes(message.name);
}

/** A short hash: ten thousand ids as their senders wrote them could outgrow the payload that they are carried in. */
function seenId(kind: Identified, id: string): string {
  return hashText(`${kind}:${id}`).slice(0, 20);
}

/** Applies a message that `refusal` found nothing against. */
export function applyMessage(state: AgentState, message: AgentMessage, at: number): AgentState {
  switch (message.name) {
    case 'decide':
      return applyDecision(state, message.payload, at);
    case 'message': {
      const seen = remember(state, 'message', message.payload.id);
      return wakeIfIdle(queueMessage(seen, message.payload), at);
    }
    case 'event':
      return applyEvent(remember(state, 'event', message.payload.id), message.payload, at);
    case 'pause':
      return { ...state, paused: { ...intervention(message.payload), at } };
    case 'stop':
      return { ...state, stopping: { ...intervention(message.payload), at } };
    case 'resume':
      return resume(state, at);
    case 'childEnded':
      return withChild(state, message.payload.child, (child) => lookNow(child, at));
    case 'extendBudget': {
      const seen = remember(state, 'extendBudget', message.payload.id);
      return resumeIfAffordable({ ...seen, limits: extendLimits(seen.limits, message.payload, at) }, at);
    }
  }
}

function intervention({ by, reason }: { by: string; reason?: string | undefined }) {
  return reason === undefined ? { by } : { by, reason };
}

function remember(state: AgentState, kind: Identified, id: string | undefined): AgentState {
  if (id === undefined) return state;
  const key = keyOfId(id);
  const ids = key === undefined ? [id] : [key, id];
  return { ...state, seenIds: ids.reduce((seen, one) => withSeen(seen, seenId(kind, one)), state.seenIds) };
}

/** An event goes to the call that waits for it, or is kept for one that will. */
function applyEvent(state: AgentState, event: ExternalEvent, at: number): AgentState {
  const call = waitingFor(state, event);
  if (!call) return wakeIfIdle(queueEvent(state, event), at);
  return endCall(state, call, { ok: true, result: { name: event.name, payload: event.payload ?? null } });
}

/** An idle agent looks at what has come for it. */
export function wakeIfIdle(state: AgentState, at: number): AgentState {
  return state.suspension?.kind === 'idle' && hasNews(state) ? resumeTurn(state, at) : state;
}

/** Lifts a pause; without one, ends a wait that only time or patience would end. */
function resume(state: AgentState, at: number): AgentState {
  if (state.paused) {
    const { paused: _lifted, ...rest } = state;
    // The deadline may have passed meanwhile, and the model has not been asked yet.
    return rest.phase === 'thinking' && !rest.suspension ? checkBudget(rest, at) : rest;
  }
  // An exhausted budget is not a matter of patience: only `extendBudget` ends that wait, and its grace goes on.
  const { suspension } = state;
  if (suspension?.kind === 'rate_limit' || suspension?.kind === 'model_outage') {
    return { ...resumeTurn(state, at), insisting: true };
  }
  if (suspension?.kind === 'definition') return readAgain(state);
  let next = state;
  for (const call of state.calls) {
    if (call.status !== 'waiting') continue;
    if (call.wait.kind === 'tool') next = endToolWait(next, call, call.wait, 'resume', at);
    if (call.wait.kind === 'condition') next = checkNow(next, call, call.wait);
    if (call.wait.kind !== 'timer') continue;
    next = endCall(next, call, { ok: true, result: { woke: new Date(at).toISOString(), early: true } });
  }
  return next;
}
