import type { Fork } from '../contracts/fork.ts';
import type { Rejection } from '../contracts/failures.ts';
import type { AgentState, ContextEntry } from '../contracts/state.ts';
import { isTold } from './compaction.ts';
import { outcomeText, systemText } from './context.ts';

type Edited = { ok: true; context: ContextEntry[] } | { ok: false; rejection: Rejection };

/** The conversation of another agent with the changes that a fork of it asks for. */
export function editedContext(other: AgentState, fork: Fork): Edited {
  let context = other.context;
  const replace = (place: number, text: string): void => {
    context = context.map((entry, index) =>
      index === place ? { ...entry, message: { ...entry.message, text } } : entry,
    );
  };
  for (const { turn, nth, text } of fork.messages ?? []) {
    const place = placeOf(context, nth, (entry) => entry.turn === turn && isTold(entry));
    if (place < 0) return missing(`messages: there is no message ${nth} in turn ${turn}`);
    replace(place, text);
  }
  for (const { turn, call, result } of fork.results ?? []) {
    const place = placeOf(context, call, (entry) => entry.turn === turn && entry.message.role === 'tool');
    if (place < 0) return missing(`results: there is no result of call ${call} in turn ${turn}`);
    replace(place, outcomeText({ ok: true, result }));
  }
  if (fork.instructions !== undefined && other.definition) {
    const definition = { ...other.definition, instructions: fork.instructions };
    replace(0, systemText(definition, other.agentId));
  }
  return { ok: true, context };
}

/** Where the nth entry is that fits, counted from 1; -1 if there are fewer. */
function placeOf(
  context: readonly ContextEntry[],
  nth: number,
  fits: (entry: ContextEntry) => boolean,
): number {
  const places = context.flatMap((entry, index) => (fits(entry) ? [index] : []));
  return places[nth - 1] ?? -1;
}

function missing(message: string): Edited {
  const why = 'of what the agent had in its context by the end of the turn that is forked';
  return { ok: false, rejection: { type: 'NotFound', message: `${message}, ${why}` } };
}
