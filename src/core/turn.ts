import type { AgentState, ToolCall } from '../contracts/state.ts';
import { jsonBytes } from '../contracts/json.ts';
import type { ModelMessage, ModelReply } from '../contracts/model.ts';
import { builtInTools } from './built-in-tools.ts';
import { addTurn, addUsage, budgetShortage, nothingUsed } from './budget.ts';
import { BUDGET_GRACE_MS, MAX_EMPTY_REPLIES, MAX_READ_BYTES, MIN_READ_BYTES, READ_SHARE } from './bounds.ts';
import { endCall, failCall } from './calls.ts';
import { hasNewRules } from './edition.ts';
import { livingChildren } from './living-children.ts';
import { crewCalls, saidBriefly } from './crew.ts';
import { isFree, leaveRecord, recordGoesOn } from './fork-calls.ts';
import { signedIn } from './people.ts';
import { addToContext, outcomeText } from './context.ts';
import { openCalls } from './dispatch.ts';
import { contextLimit } from './compaction.ts';
import { modelOutage } from './model-failure.ts';
import { withoutRead } from './queue.ts';
import { snapshotOf } from './settle.ts';
import { eventText, messageText } from './told-as.ts';

/** Takes the model's reply: its calls are opened side by side, a reply without calls is a message to the requester. */
export function takeReply(
  { insisting: _heard, limitedUntil: _over, rated: _before, ...before }: AgentState,
  reply: ModelReply,
  at: number,
): AgentState {
  const state: AgentState = reply.rated === true ? { ...before, rated: true } : before;
  const counted = addTurn(state, reply.usage);
  if (reply.calls.length === 0 && reply.text.trim() === '')
    return takeEmptyReply(counted, reply.finishReason, at);
  const saying: ModelMessage = { role: 'assistant', text: reply.text, calls: reply.calls };
  if (reply.cut === true && counted.emptyReplies < MAX_EMPTY_REPLIES - 1)
    return takeCutReply(counted, saying, { at, finishReason: reply.finishReason });
  const said = addToContext({ ...counted, emptyReplies: 0, modelFailures: 0 }, at, [saying]);
  if (reply.calls.length > 0) {
    return openCalls({ ...said, phase: 'acting' }, reply.calls, at);
  }
  return endTurn(said, at, { final: reply.text });
}

/** Some servers answer with nothing under load: the model is told, and after a few such replies it counts as an outage. */
function takeEmptyReply(state: AgentState, finishReason: string, at: number): AgentState {
  const emptyReplies = state.emptyReplies + 1;
  if (emptyReplies >= MAX_EMPTY_REPLIES) {
    // A filter, or thoughts that took all the room, need another cure than a server under load.
    const why = finishReason === 'stop' ? '' : `, the last with the finish reason ${finishReason}`;
    const reason = `the model sent ${emptyReplies} empty replies in a row${why}`;
    return modelOutage({ ...state, emptyReplies: 0 }, reason, at);
  }
  const told = addToContext({ ...state, emptyReplies }, at, [
    { role: 'user', text: 'Your last reply was empty. Call a tool, or say what you have to say.' },
  ]);
  return endTurn(told, at, {});
}

/** Half a text is no result: the model is told. Some servers say of each text that it is cut, so after a few it is taken all the same. */
function takeCutReply(
  state: AgentState,
  saying: ModelMessage,
  { at, finishReason }: { at: number; finishReason: string },
): AgentState {
  const text =
    finishReason === 'tool_calls'
      ? 'Your last reply announced a tool call, but none came with it. Call the tool, or say what you have to say.'
      : 'Your last reply was cut off because it was too long. Call a tool, or say it in fewer words.';
  const told = addToContext({ ...state, emptyReplies: state.emptyReplies + 1, modelFailures: 0 }, at, [
    saying,
    { role: 'user', text },
  ]);
  return endTurn(told, at, {});
}

/** Ends the turn once all of its calls have; until then nothing changes. */
export function concludeCalls(state: AgentState, at: number): AgentState {
  if (state.phase !== 'acting') return state;
  const open = state.calls.filter(({ status }) => status !== 'done');
  if (open.some((call) => call.status !== 'waiting' || call.wait.kind !== 'siblings')) return state;
  const [finish, ...repeated] = open;
  if (!finish) return recordResults(state, at);
  let next = state;
  for (const call of repeated) next = failCall(next, call, 'Invalid', 'finish was called twice in one reply');
  // What is wrong with the repeated calls is no reason to keep the agent from ending.
  const failed = state.calls.some((call) => call.status === 'done' && !call.outcome.ok);
  return concludeFinish(next, finish, { at, failed });
}

/** An agent does not end over the heads of people who have just written, nor on results that the model has not seen. */
function concludeFinish(
  state: AgentState,
  finish: ToolCall,
  { at, failed }: { at: number; failed: boolean },
): AgentState {
  if (failed) {
    const told = 'another call of this reply failed; read the results, then finish';
    return recordResults(failCall(state, finish, 'Conflict', told), at);
  }
  if (state.inbox.length > 0) {
    return recordResults(
      failCall(state, finish, 'Conflict', 'a message has just arrived; read it first'),
      at,
    );
  }
  const living = livingChildren(state).map(({ id }) => id);
  if (living.length > 0) {
    const told = `agents that you delegated to are still at work: ${living.join(', ')}; reply without a tool call to wait for them`;
    return recordResults(failCall(state, finish, 'Conflict', told), at);
  }
  const { result } = builtInTools.finish.input.parse(finish.args);
  const done = recordResultsOnly(endCall(state, finish, { ok: true, result: { finished: true } }), at);
  return { ...done, checkpoint: done.turn, outcome: { status: 'completed', result } };
}

function recordResults(state: AgentState, at: number): AgentState {
  return endTurn(recordResultsOnly(state, at), at, {});
}

function recordResultsOnly(state: AgentState, at: number): AgentState {
  const results = state.calls.flatMap((call): ModelMessage[] =>
    call.status === 'done'
      ? [{ role: 'tool', callId: call.modelCallId, name: call.name, text: outcomeText(call.outcome) }]
      : [],
  );
  return { ...addToContext(state, at, results), calls: [] };
}

/** A checkpoint; then the next turn, unless the model had nothing more to do and nobody has written meanwhile. */
function endTurn(state: AgentState, at: number, { final }: { final?: string }): AgentState {
  const ended: AgentState = { ...state, phase: 'thinking', checkpoint: state.turn };
  if (final === undefined || hasNews(ended) || recordGoesOn(ended)) return startTurn(ended, at);
  const living = livingChildren(ended).length;
  if (ended.definition?.lifetime !== 'persistent' && living === 0) {
    return { ...ended, outcome: { status: 'completed', result: final } };
  }
  const reason =
    living === 0
      ? 'nothing to do until the next message or event'
      : `nothing to do until one of ${living} agents that it delegated to has ended, or a message comes`;
  return { ...ended, suspension: { kind: 'idle', since: at, reason, snapshot: snapshotOf(ended) } };
}

/** Whether something is there that an idle agent should look at. */
export function hasNews(state: AgentState): boolean {
  const listens = state.definition?.lifetime === 'persistent';
  return state.inbox.length > 0 || (listens && state.events.length > 0);
}

/** Begins the next turn: what people wrote meanwhile is read first, and the budget must allow the call. */
export function startTurn(state: AgentState, at: number): AgentState {
  const { suspension: _over, ...rest } = state;
  const next: AgentState = {
    ...rest,
    phase: 'thinking',
    turn: state.turn + 1,
    modelIndex: 0,
    modelAttempt: 1,
  };
  return askCrew(checkBudget(readInbox(next, at), at), at);
}

/** A crew begins by itself, without a model in between: what it is asked stands in the conversation as if the model had said it. */
function askCrew(state: AgentState, at: number): AgentState {
  const calls = state.suspension ? [] : crewCalls(state);
  if (calls.length === 0) return state;
  const counted = addUsage(state, { ...nothingUsed, turns: 1 });
  const said = addToContext(counted, at, [
    { role: 'assistant', text: 'The crew is asked.', calls: hasNewRules(state) ? saidBriefly(calls) : calls },
  ]);
  return openCalls({ ...said, phase: 'acting' }, calls, at);
}

/** Goes on with the turn that was suspended. */
export function resumeTurn(state: AgentState, at: number): AgentState {
  if (state.suspension?.kind === 'idle') return startTurn(state, at);
  const { suspension: _over, limitedUntil: _past, ...rest } = state;
  const next: AgentState = { ...rest, modelIndex: 0, modelAttempt: state.modelAttempt + 1 };
  // A turn is condensed once: what comes while a model is out for days must not pile up in the context.
  const hasRoom = next.contextSize < contextLimit(next);
  return askCrew(checkBudget(hasRoom ? readInbox(next, at) : next, at), at);
}

/** Goes on with a turn that the budget held up, if it no longer does; else says what is short now. */
export function resumeIfAffordable(state: AgentState, at: number): AgentState {
  const { suspension } = state;
  if (suspension?.kind !== 'budget') return state;
  const reason = budgetShortage(state, at);
  return reason === undefined ? resumeTurn(state, at) : { ...state, suspension: { ...suspension, reason } };
}

/** Asks people for more when the next call is not affordable. */
export function checkBudget(state: AgentState, at: number): AgentState {
  const reason = isFree(state) ? undefined : budgetShortage(state, at);
  if (reason === undefined) return state;
  const until = at + BUDGET_GRACE_MS;
  return { ...state, suspension: { kind: 'budget', since: at, until, reason, snapshot: snapshotOf(state) } };
}

/** Reads what waits, messages first, as much as one turn may take in; what is left is read in the next ones. */
function readInbox(state: AgentState, at: number): AgentState {
  const listens = state.definition?.lifetime === 'persistent';
  const messages = state.inbox.map(({ text, by, signedInAs }) => ({
    role: 'user' as const,
    text: messageText(by, text),
    by,
    ...signedIn({ signedInAs }),
  }));
  const events = (listens ? state.events : []).map(({ name, payload }) => ({
    role: 'user' as const,
    text: eventText(name, payload),
  }));
  const read = [...messages, ...events].slice(0, readable([...messages, ...events], contextLimit(state)));
  const fromInbox = Math.min(read.length, messages.length);
  return readNews(withoutRead(state, fromInbox, read.length - fromInbox), read, at);
}

/** What the agent that was forked was not told leads away from its record. */
function readNews(state: AgentState, read: Parameters<typeof addToContext>[2], at: number): AgentState {
  return addToContext(read.length > 0 ? leaveRecord(state) : state, at, read);
}

/** How many fit; one always does, so that reading gets on. */
function readable(waiting: readonly object[], contextChars: number): number {
  const room = Math.max(MIN_READ_BYTES, Math.min(MAX_READ_BYTES, contextChars * READ_SHARE));
  let size = 0;
  const end = waiting.findIndex((message, index) => {
    size += jsonBytes(message);
    return index > 0 && size > room;
  });
  return end === -1 ? waiting.length : end;
}
