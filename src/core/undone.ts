import type { AgentEvent } from '../contracts/event.ts';
import type { Undone } from '../contracts/rewind.ts';
import type { AgentState } from '../contracts/state.ts';
import { advance } from './advance.ts';
import { isLiving } from './living-children.ts';
import { isRepeated, personOf, refusal } from './messages.ts';
import type { RunRecord } from './run-record.ts';

/** What can't be taken back, or is forgotten, if an agent goes back to the end of a turn. Its runs from the first one on. */
export function undoneSince(runs: readonly Pick<RunRecord, 'initial' | 'events'>[], turn: number): Undone {
  const undone: Undone = { effects: [], decisions: [], messages: 0, children: [] };
  const known = new Set<string>();
  let last: AgentState | undefined;
  for (const { initial, events } of runs) {
    let state = initial;
    for (const event of events) {
      const isAfter = state.checkpoint >= turn && state.phase !== 'loading';
      const next = advance(state, event);
      if (isAfter) {
        takeMessage(undone, state, event);
        takeEffects(undone, known, next);
      }
      state = next;
    }
    last = state;
  }
  const children = last?.children.filter((child) => isLiving(child) && child.turn > turn) ?? [];
  return { ...undone, children: children.map(({ id }) => id) };
}

/** Calls that were dispatched and change something outside. */
function takeEffects(undone: Undone, known: Set<string>, { turn, calls }: AgentState): void {
  for (const { status, effect, key, round, name, args } of calls) {
    if (status !== 'running' || effect === 'pure' || effect === 'command' || known.has(`${key} ${round}`))
      continue;
    known.add(`${key} ${round}`);
    undone.effects.push({ turn, tool: name, effect, args, key });
  }
}

function takeMessage(undone: Undone, state: AgentState, event: AgentEvent): void {
  if (event.type !== 'message-received') return;
  const { message, at } = event;
  if (isRepeated(state, message, at) || refusal(state, message, at)) return;
  if (message.name !== 'decide' && message.name !== 'grant') {
    undone.messages += 1;
    return;
  }
  const { by } = personOf(state, message);
  const what =
    message.name === 'decide'
      ? `${message.payload.decision} ${message.payload.approval}`
      : `grant ${message.payload.tool}`;
  undone.decisions.push({ at: new Date(at).toISOString(), by, what });
}
