import type { InlineResults } from '../contracts/activities.ts';
import type { NewEvent } from '../contracts/event.ts';
import type { InlineWork } from '../contracts/model.ts';
import type { AgentState } from '../contracts/state.ts';
import { isShort } from './dispatch.ts';
import { manifestOf } from './manifest.ts';
import { isAlwaysAllowed, mayBeTold, needsFacts } from './verdict.ts';

/** What the worker may do with the calls of the reply that it is about to get; nothing where there is no such tool. */
export function inlineWork(state: AgentState): { inline?: InlineWork } {
  // A fork looks its calls up on the record of the agent that was forked.
  if (state.origin) return {};
  const names = Object.keys(state.definition?.tools ?? {});
  const isBatched = state.definition?.checkpoints === 'batched';
  const run = isBatched ? names.filter((name) => mayRun(state, name)) : [];
  const assess = names.filter((name) => needsFacts(state, name));
  return run.length + assess.length === 0 ? {} : { inline: { firstRunId: state.firstRunId, run, assess } };
}

/** Servers of others may take long to answer, and whose memories a call may reach is said in its step. */
function mayRun(state: AgentState, name: string): boolean {
  const { effect, mcp, remembers } = manifestOf(state, name) ?? {};
  const isOurs = mcp === undefined && remembers === undefined;
  // People are told of a call when it begins, and one that is done with the reply never does.
  const isSilent = !mayBeTold(state, name);
  return effect === 'pure' && isOurs && isSilent && isShort(state, name) && isAlwaysAllowed(state, name);
}

/** A reply by itself, and what was done with its calls as the event that it would have been in a step of its own. */
export function withoutInline(event: NewEvent): { told: NewEvent; inline?: NewEvent } {
  if (event.type !== 'model-replied' || event.inline === undefined) return { told: event };
  const { inline, ...told } = event;
  return { told, inline: eventOf(inline) };
}

function eventOf(inline: InlineResults): NewEvent {
  switch (inline.type) {
    case 'assessed':
      return { type: 'calls-assessed', assessments: inline.assessments };
    case 'ran':
      return { type: 'batch-ended', outcomes: inline.outcomes };
  }
}
