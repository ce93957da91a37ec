import type { AgentState, ToolCall } from '../contracts/state.ts';
import type { Child, ChildEnding, Look } from '../contracts/child.ts';
import type { Wake } from '../contracts/command.ts';
import { actorName } from '../contracts/start.ts';
import { jsonBytes } from '../contracts/json.ts';
import type { HeardMessage } from '../contracts/messages.ts';
import { MAX_INBOX_BYTES, ORPHAN_LOOK_MS } from './bounds.ts';
import { addUsage } from './budget.ts';
import { endCall, failCall } from './calls.ts';
import { isLiving, livingChildren } from './living-children.ts';
import { backoff } from './pause.ts';
import { queueMessage } from './queue.ts';
import { boundedResult } from './results.ts';
import { beginning } from './text.ts';

/** A message is read by a turn among others, so it holds less than an answer that was waited for. */
const MAX_TOLD_CHARS = 8_000;
/** The same where the inbox is full, which may happen once for each child. */
const MAX_CROWDED_CHARS = 300;
/** As much as tells one child from the others. */
export const MAX_CHILD_INPUT_CHARS = 200;
/** First and longest pause between two looks at a child whose end nobody will tell. */
const LOOK_FIRST_MS = 60_000;
const LOOK_MAX_MS = 3_600_000;
/** The first pause for one that has said that it ends: it does so in the same moment, and may only be seen a little later. */
const LOOK_ENDING_MS = 1_000;

/** Changes one child that still lives; an event that comes late or for a stranger changes nothing. */
export function withChild(state: AgentState, id: string, change: (child: Child) => Child): AgentState {
  return {
    ...state,
    children: state.children.map((child) => (child.id === id && isLiving(child) ? change(child) : child)),
  };
}

/** Temporal has started it. What it was asked is in the context of the call, and it is carried for long. */
export function openChild(state: AgentState, id: string, run: string): AgentState {
  return withChild(state, id, (child) => ({
    ...child,
    status: 'open',
    run,
    input: beginning(child.input, MAX_CHILD_INPUT_CHARS),
  }));
}

/** The end of a child: what it used counts as this agent's, and who waits for it is told. */
export function endChild(state: AgentState, id: string, ending: ChildEnding): AgentState {
  const child = livingChildren(state).find((one) => one.id === id);
  if (!child) return state;
  const usage = ending.usage ?? wholeShare(child);
  const { look: _over, ...rest } = child;
  const children = state.children.map((one) =>
    one.id === id ? { ...rest, status: ending.status, usage } : one,
  );
  const ended = addUsage({ ...state, children }, usage);
  const call = ended.calls.find(
    (one) => one.status === 'waiting' && one.wait.kind === 'child' && one.wait.child === id,
  );
  if (call) return answerCall(ended, call, child, ending);
  return queueMessage(ended, endMessage(ended, child, ending));
}

/** Nobody could send it again, so it is not refused however much is waiting; but then it is short, because all of it is carried. */
function endMessage(state: AgentState, child: Child, ending: ChildEnding): HeardMessage {
  const message = { text: endText(child, ending), by: actorName(child.id) };
  if (state.inboxBytes + jsonBytes(message) <= MAX_INBOX_BYTES) return message;
  return { ...message, text: beginning(message.text, MAX_CROWDED_CHARS) };
}

function wholeShare({ share }: Child) {
  return { turns: share.turns, inputTokens: share.tokens ?? 0, outputTokens: 0, usd: share.usd ?? 0 };
}

function answerCall(state: AgentState, call: ToolCall, child: Child, ending: ChildEnding): AgentState {
  switch (ending.status) {
    case 'completed': {
      const result = boundedResult(ending.result, state.calls.length);
      return endCall(state, call, { ok: true, result: { agent: child.id, status: 'completed', result } });
    }
    case 'failed': {
      const { type, message } = ending.failure;
      return failCall(state, call, 'ChildFailed', `agent ${child.id} failed: ${type}: ${message}`);
    }
    case 'cancelled':
      return failCall(state, call, 'ChildCancelled', `agent ${child.id} was ended: ${ending.reason}`);
  }
}

function endText(child: Child, ending: ChildEnding): string {
  const who = `The agent ${child.id} (${child.agent}), to which you delegated in turn ${child.turn}, has ended`;
  return beginning(`${who}${howItEnded(ending)}`, MAX_TOLD_CHARS);
}

function howItEnded(ending: ChildEnding): string {
  switch (ending.status) {
    case 'completed':
      return `. Its result: ${JSON.stringify(ending.result)}`;
    case 'failed':
      return `: it failed with ${ending.failure.type}: ${ending.failure.message}`;
    case 'cancelled':
      return `: it was cancelled: ${ending.reason}`;
  }
}

/** What a new run knows of the children that earlier ones started: Temporal will not tell it of their end. */
export function disconnect(state: AgentState, at: number): AgentState {
  return {
    ...state,
    children: state.children.map((child) => (child.status === 'open' ? lookNow(child, at) : child)),
  };
}

export function lookNow(child: Child, at: number): Child {
  return { ...child, look: { at, count: child.look?.count ?? 0, due: true } };
}

/** It has said that it ends. */
export function hearOfEnd(child: Child, at: number): Child {
  const count = child.look?.count ?? 0;
  return { ...child, look: { at, count, due: true, endsFrom: count } };
}

/** It is still there. One that ends says so; this is for one that was killed, so the pauses grow. */
export function sawChild({ look, ...child }: Child, at: number): Child {
  const { count: before, endsFrom } = { count: 0, ...look };
  const pauseMs =
    endsFrom === undefined
      ? backoff(before, LOOK_FIRST_MS, LOOK_MAX_MS)
      : backoff(before - endsFrom, LOOK_ENDING_MS, LOOK_MAX_MS);
  const ends = endsFrom === undefined ? {} : { endsFrom };
  return { ...child, look: { at: at + pauseMs, count: before + 1, due: false, ...ends } };
}

export function sawParent(state: AgentState, at: number): AgentState {
  const count = (state.parentLook?.count ?? 0) + 1;
  return { ...state, parentLook: { at: at + ORPHAN_LOOK_MS, count, due: false } };
}

/** The agent above is gone and told nobody: it was killed. What nobody waits for is not gone on with. */
export function loseParent({ parentLook: _over, ...state }: AgentState, at: number): AgentState {
  const by = state.start.parent?.agent ?? 'parent';
  return { ...state, stopping: state.stopping ?? { by, at, reason: 'the agent that delegated has ended' } };
}

/** While an agent is being stopped, those below it end first. One that was not started yet never will be. */
export function mayDrain(state: AgentState): boolean {
  return state.stopping !== undefined && !state.children.some(({ status }) => status === 'open');
}

/** Moments at which another agent is looked at. */
export function looksOf(state: AgentState): Wake[] {
  const children = livingChildren(state).flatMap(({ id, look }): Wake[] =>
    look && !look.due ? [{ id: `look:${id}`, at: look.at, summary: `has ${id} ended?` }] : [],
  );
  const { parentLook } = state;
  if (!parentLook || parentLook.due) return children;
  return [...children, { id: 'look-up', at: parentLook.at, summary: 'is the agent above still there?' }];
}

/** What has become due by now. */
export function passLooks(state: AgentState, at: number): AgentState {
  const due = <Seen extends Look | undefined>(look: Seen): Seen =>
    look && !look.due && look.at <= at ? { ...look, due: true } : look;
  const looked = state.children.map((child) =>
    child.look && isLiving(child) ? { ...child, look: due(child.look) } : child,
  );
  const { parentLook } = state;
  return { ...state, children: looked, ...(parentLook ? { parentLook: due(parentLook) } : {}) };
}
