import type { RequestedCall } from '../../contracts/model.ts';
import { type AgentState, CallOutcome, type ToolCall } from '../../contracts/state.ts';
import type { CallItem } from '../../contracts/timeline.ts';
import { addedSince } from '../context.ts';
import { hashJson } from '../hash.ts';
import { verdictIn } from './judged.ts';
import type { Happening, Sheet } from './sheet.ts';

/** As people write it: calls of a turn are counted from 1. */
export function callItemId(turn: number, index: number): string {
  return `call:${turn}.${index + 1}`;
}

/** Calls that an earlier run left open. */
export function carryCalls(sheet: Sheet, state: AgentState): void {
  for (const call of state.calls) {
    const item = newItem(state, call, call.since);
    const { proposed } = item.args;
    const isEdited = proposed.type === 'parsed' && hashJson(proposed.value) !== call.argsHash;
    const args = { proposed, ...(isEdited ? { edited: call.args } : {}) };
    sheet.put({ ...changed(item, state, call), args, carried: true });
  }
}

/** What an event did to the calls of a turn, also to those whose turn ended with it. */
export function tellCalls(sheet: Sheet, happening: Happening): void {
  const { event, before, applied, after } = happening;
  tellBetween(sheet, happening, before, applied);
  tellBetween(sheet, happening, applied, after);
  const told = (addedSince(before, after) ?? []).filter(({ message }) => message.role === 'tool');
  told.forEach(({ turn, message }, position) => {
    // Results are told in the order of the calls.
    const index = applied.calls[position]?.index ?? position;
    const item = sheet.find('call', callItemId(turn, index));
    const outcome = item?.outcome ? undefined : outcomeIn(message.text);
    if (item && outcome) sheet.put({ ...item, status: 'done', outcome, endedAt: event.at });
  });
  if (after.phase !== 'ended') return;
  for (const { index } of applied.calls) {
    const item = sheet.find('call', callItemId(applied.turn, index));
    if (item && item.status !== 'done') sheet.put({ ...item, status: 'dropped', endedAt: event.at });
  }
}

function outcomeIn(text: string): CallOutcome | undefined {
  try {
    return CallOutcome.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function tellBetween(sheet: Sheet, { event }: Happening, before: AgentState, after: AgentState): void {
  if (before.calls === after.calls) return;
  for (const call of after.calls) {
    const past =
      before.turn === after.turn ? before.calls.find(({ index }) => index === call.index) : undefined;
    if (past === call) continue;
    const known = sheet.find('call', callItemId(after.turn, call.index));
    const item = known ?? newItem(after, call, event.at);
    const { proposed } = item.args;
    const verdict = verdictIn({ event, state: after, call, past, proposed });
    const isEdit = past !== undefined && past.key !== call.key;
    sheet.put({
      ...changed(item, after, call),
      ...(verdict ? { verdicts: [...item.verdicts, verdict] } : {}),
      args: {
        ...item.args,
        ...(isEdit ? { edited: call.args } : {}),
        ...(isCarriedOut(call) ? { executed: call.args } : {}),
      },
      ...(call.status === 'done' ? { endedAt: event.at } : {}),
    });
  }
}

/** Commands have no step: they are carried out with the state itself. */
function isCarriedOut(call: ToolCall): boolean {
  return (
    call.status === 'running' || (call.effect === 'command' && call.status === 'done' && call.outcome.ok)
  );
}

function newItem(state: AgentState, call: ToolCall, at: number): CallItem {
  const { index, modelCallId, name, effect, key, facts, args } = call;
  return {
    ...{ kind: 'call', id: callItemId(state.turn, index), turn: state.turn, at },
    ...{ index, modelCallId, name, effect, key, facts },
    args: { proposed: proposedIn(state, index) ?? { type: 'parsed', value: args } },
    ...{ verdicts: [], approvals: [], steps: [], status: call.status },
  };
}

/** The arguments as the model wrote them; its last reply always stays in the conversation. */
function proposedIn({ context, turn }: AgentState, index: number): RequestedCall['args'] | undefined {
  const reply = context.findLast((entry) => entry.turn === turn && entry.message.role === 'assistant');
  return reply?.message.role === 'assistant' ? reply.message.calls[index]?.args : undefined;
}

function changed(item: CallItem, state: AgentState, call: ToolCall): CallItem {
  const { key, facts, status, approval } = call;
  return {
    ...item,
    ...{ key, facts, status },
    ...(approval ? { leave: leaveOf(state, approval) } : {}),
    ...(call.status === 'done' ? { outcome: call.outcome } : {}),
  };
}

function leaveOf({ standing }: AgentState, { id, by }: NonNullable<ToolCall['approval']>): CallItem['leave'] {
  return {
    ...{ id, by },
    ...(standing.some((grant) => grant.id === id) ? { grant: true } : {}),
  };
}
