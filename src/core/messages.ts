import type { AgentState } from '../contracts/state.ts';
import type { Child } from '../contracts/child.ts';
import { keyOfId } from '../contracts/keyed-id.ts';
import type { AgentMessage, AgentMessageName, ChildEnded, ExternalEvent } from '../contracts/messages.ts';
import type { Seal } from '../contracts/seal.ts';
import type { Rejection } from '../contracts/failures.ts';
import { findApproval } from './approvals.ts';
import { goOnAfterPause } from './approval-clock.ts';
import { extendLimits } from './budget.ts';
import { endCall } from './calls.ts';
import { hearOfEnd, lookNow, withChild } from './children.ts';
import {
  claim,
  claimingProblem,
  isClaimedBy,
  isHandedTo,
  isUnclaimed,
  reassign,
  reassignProblem,
  release,
  releaseProblem,
} from './claims.ts';
import { decisionProblem, isRepeatedDecision } from './decision-problem.ts';
import { livingChildren } from './living-children.ts';
import { applyDecision } from './decide.ts';
import { hasNewRules } from './edition.ts';
import { readAgain } from './load-failure.ts';
import { hashJson } from './hash.ts';
import { awaitedBy, eventsProblem, inboxProblem, queueEvent, queueMessage } from './queue.ts';
import { type Person, signedIn } from './people.ts';
import { vouchedRole } from './seal.ts';
import { resetProblem } from './reset.ts';
import { movedProblem } from './revision.ts';
import { hasSeen, type Identified, seenId, withSeen } from './seen-ids.ts';
import { isSpent, sealProblem, spend } from './spent-seals.ts';
import { giveLeave, grantProblem, isGiven, isRevoked, revoke, revokeProblem } from './standing-grants.ts';
import { endToolWait } from './tool-wait.ts';
import { checkNow } from './watch.ts';
import { judgeAnew } from './withdrawn-leave.ts';
import { checkBudget, hasNews, resumeIfAffordable, resumeTurn } from './turn.ts';

/** Whether this very message has been accepted before; it then changes nothing and is answered as the first one was. */
export function isRepeated(state: AgentState, message: AgentMessage, at: number): boolean {
  const { seal } = message.payload;
  return (seal !== undefined && isSpent(state, seal)) || isSame(state, message, at);
}

function isSame(state: AgentState, message: AgentMessage, at: number): boolean {
  switch (message.name) {
    case 'decide': {
      const approval = findApproval(state, message.payload.approval);
      return approval !== undefined && isRepeatedDecision(approval, message.payload);
    }
    case 'message':
    case 'event':
    case 'extendBudget':
      return isSeen(state, message.name, message.payload.id) || isSaidAgain(state, message);
    case 'claim':
      return isClaimedBy(state, message.payload, at);
    case 'release':
      return isUnclaimed(state, message.payload);
    case 'reassign':
      return isHandedTo(state, message.payload, at);
    case 'grant':
      return isGiven(state, message.payload, at);
    case 'revoke':
      return isRevoked(state, message.payload);
    case 'pause':
      return state.paused !== undefined;
    case 'stop':
      return state.stopping !== undefined;
    case 'childEnded':
      return hintedChild(state, message.payload)?.look === undefined;
    case 'resume':
      return isSaidAgain(state, message);
  }
}

/** Said of the same revision in the same words: that moment is past, so it can only be a repeat. */
function isSaidAgain(state: AgentState, message: AgentMessage): boolean {
  const words = wordsOf(message);
  return words !== undefined && hasSeen(state.seenIds, words);
}

/** Those whose repeat can't be told from what they have done. */
const repeatable: ReadonlySet<AgentMessageName> = new Set(['message', 'event', 'extendBudget', 'resume']);

/** By what such a message is known again that has no id of its own; undefined where the same may well be said twice. */
function wordsOf({ name, payload }: AgentMessage): string | undefined {
  if (!repeatable.has(name)) return undefined;
  const hasId = 'id' in payload && payload.id !== undefined;
  if (hasId || !('revision' in payload) || payload.revision === undefined) return undefined;
  return seenId('words', hashJson({ name, ...withoutSeal(payload) }));
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
export function refusal(state: AgentState, message: AgentMessage, at: number): Rejection | undefined {
  if (state.phase === 'ended') return { type: 'Closed', message: `the agent has ended: ${state.status}` };
  if (isRepeated(state, message, at)) return undefined;
  const stale = resetProblem(state, message, at) ?? sealProblem(state, message, at);
  if (stale) return stale;
  if (isOversight(message)) return oversightProblem(state, message, at);
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
  const moved = movedProblem(state, message.payload);
  if (moved) return moved;
  if (message.name === 'grant') return grantProblem(state, message.payload, at);
  if (message.name === 'message') return inboxProblem(state, message.payload);
  if (message.name === 'event')
    return eventsProblem(state, message.payload, () => waitingFor(state, message.payload) !== undefined);
  return undefined;
}

const oversight = ['decide', 'claim', 'release', 'reassign', 'revoke'] as const;
type Oversight = Extract<AgentMessage, { name: (typeof oversight)[number] }>;

/** About one approval or grant, which has a state of its own: what else has happened to the agent does not matter. */
function isOversight(message: AgentMessage): message is Oversight {
  return oversight.some((name) => name === message.name);
}

function oversightProblem(state: AgentState, message: Oversight, at: number): Rejection | undefined {
  const person = personOf(state, message);
  switch (message.name) {
    case 'decide':
      return decisionProblem(state, message.payload, person, at);
    case 'claim':
      return claimingProblem(state, message.payload, person, at);
    case 'release':
      return releaseProblem(state, message.payload, person, at);
    case 'reassign':
      return reassignProblem(state, message.payload, person, at);
    case 'revoke':
      return revokeProblem(state, message.payload) ?? movedProblem(state, message.payload);
  }
}

/** Who sent a message, as far as that is known. */
export function personOf(state: AgentState, message: AgentMessage): Person {
  return { by: message.payload.by ?? 'outside', signedInAs: vouchedRole(state, message) };
}

function waitingFor(state: AgentState, event: ExternalEvent) {
  const isAwaited = awaitedBy(event);
  return state.calls.find(
    (call) => call.status === 'waiting' && call.wait.kind === 'event' && isAwaited(call.wait),
  );
}

function isIdentified(message: AgentMessage): message is Extract<AgentMessage, { name: Identified }> {
  return ['message', 'event', 'extendBudget'].includes(message.name);
}

/** Applies a message that `refusal` found nothing against. */
export function applyMessage(state: AgentState, message: AgentMessage, at: number): AgentState {
  const { seal } = message.payload;
  const person = personOf(state, message);
  const seen = seal && person.signedInAs ? spend(state, seal) : state;
  return apply(rememberWords(seen, message), message, person, at);
}

function rememberWords(state: AgentState, message: AgentMessage): AgentState {
  const words = hasNewRules(state) ? wordsOf(message) : undefined;
  return words === undefined ? state : { ...state, seenIds: withSeen(state.seenIds, words) };
}

function apply(state: AgentState, message: AgentMessage, person: Person, at: number): AgentState {
  switch (message.name) {
    case 'decide':
      return applyDecision(state, message.payload, person, at);
    case 'claim':
      return claim(state, message.payload, personOf(state, message), at);
    case 'release':
      return release(state, message.payload);
    case 'reassign':
      return reassign(state, message.payload, personOf(state, message), at);
    case 'grant':
      return giveLeave(state, message.payload, person, at);
    case 'revoke':
      return judgeAnew(
        revoke(state, message.payload, personOf(state, message), at),
        message.payload.grant,
        at,
      );
    case 'message': {
      const said = withoutSeal(message.payload);
      const heard = { ...remember(state, 'message', said.id), heardAt: at };
      return wakeIfIdle(queueMessage(heard, { ...said, ...signedIn(person) }), at);
    }
    case 'event':
      return applyEvent(remember(state, 'event', message.payload.id), withoutSeal(message.payload), at);
    case 'pause':
      return { ...state, paused: { ...intervention(message.payload), ...signedIn(person), at } };
    case 'stop':
      return { ...state, stopping: { ...intervention(message.payload), ...signedIn(person), at } };
    case 'resume':
      return resume(state, at);
    case 'childEnded':
      return withChild(state, message.payload.child, (child) =>
        hasNewRules(state) ? hearOfEnd(child, at) : lookNow(child, at),
      );
    case 'extendBudget': {
      const seen = remember(state, 'extendBudget', message.payload.id);
      return resumeIfAffordable({ ...seen, limits: extendLimits(seen, message.payload, at) }, at);
    }
  }
}

/** What is kept says who an admin server vouched for; the proof is in the history. */
function withoutSeal<Payload extends { seal?: Seal | undefined }>({ seal: _seal, ...said }: Payload) {
  return said;
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
    const { paused, ...lifted } = state;
    const rest = goOnAfterPause(lifted, paused.at, at);
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
