import type { StepCommand } from '../../contracts/command.ts';
import type { AgentEvent } from '../../contracts/event.ts';
import type { AgentState } from '../../contracts/state.ts';
import type { StepRecord, TimelineItem } from '../../contracts/timeline.ts';
import { advance, beforeConclusion } from '../advance.ts';
import { addedSince } from '../context.ts';
import { carryAgents, tellAgents } from './agents.ts';
import { carryApprovals, tellApprovals } from './approvals.ts';
import { carryCalls, tellCalls } from './calls.ts';
import { MessageTeller } from './messages.ts';
import { type Happening, Sheet } from './sheet.ts';
import { beginStep, endModelStep } from './steps.ts';
import { carryTurn, tellCondensing, tellEnd, tellTransition, tellTurns } from './turns.ts';
import { carryWaits, tellWaits } from './waits.ts';

/** What a run went through, with the steps that it took: a `FoldedRun`. */
export interface ToldRun {
  readonly initial: AgentState;
  readonly events: readonly AgentEvent[];
  readonly started: readonly StepCommand[];
  /** How many events had happened when each step was started. */
  readonly startedAfter: readonly number[];
  /** The step whose end an event was, by the event's place. */
  readonly endings: ReadonlyMap<number, number>;
}

/**
 * The timeline of one run: a fold over its events, as the state is, so that both always say the same. What an earlier run
 * left open comes first, marked as carried; `joinRuns` puts it together with its beginning.
 */
export function timelineOf(run: ToldRun, steps: ReadonlyMap<number, StepRecord>): TimelineItem[] {
  const sheet = new Sheet();
  const { initial, events, started, startedAfter, endings } = run;
  for (const carry of [carryTurn, carryCalls, carryApprovals, carryWaits, carryAgents]) carry(sheet, initial);
  const messages = new MessageTeller(sheet, initial);
  let state = initial;
  let now = initial.since;
  let next = 0;
  const beginSteps = (happened: number): void => {
    for (; next < started.length && (startedAfter[next] ?? 0) <= happened; next += 1) {
      const command = started[next];
      if (command) beginStep(sheet, command, steps.get(next), now);
    }
  };
  events.forEach((event, position) => {
    beginSteps(position);
    const before = state;
    const applied = beforeConclusion(before, event);
    state = advance(before, event);
    now = event.at;
    const happening = { event, before, applied, after: state };
    const command = started[endings.get(position) ?? -1];
    if (command) endModelStep(sheet, command, happening);
    // What has ended stays as it was, whatever still comes.
    if (before.phase !== 'ended') tell(sheet, messages, withoutInherited(happening));
  });
  beginSteps(events.length);
  return sheet.items;
}

/** What a fork begins with happened to the agent that was forked, and is told of that one. */
function withoutInherited(happening: Happening): Happening {
  const { event, before, after } = happening;
  if (event.type !== 'fork-loaded' || !after.origin) return happening;
  const { context, checkpoint, compactedTurn, children } = after;
  const { turn } = after.origin;
  return { ...happening, before: { ...before, turn, checkpoint, context, compactedTurn, children } };
}

/** In the order in which whoever reads it wants to hear of it. */
function tell(sheet: Sheet, messages: MessageTeller, happening: Happening): void {
  tellTurns(sheet, happening);
  messages.tell(happening);
  tellCrew(sheet, happening);
  tellCalls(sheet, happening);
  tellApprovals(sheet, happening);
  tellAgents(sheet, happening);
  tellWaits(sheet, happening);
  tellCondensing(sheet, happening);
  tellTransition(sheet, happening);
  tellEnd(sheet, happening);
}

/** What stands in the conversation as if a model had said it. */
function tellCrew(sheet: Sheet, { event, before, after }: Happening): void {
  for (const { turn, at, message } of addedSince(before, after) ?? []) {
    if (message.role !== 'assistant') continue;
    // What the model said itself is told with its step; a crew's turn may follow in the same event.
    const isReply = (event.type === 'model-replied' || event.type === 'record-read') && turn === before.turn;
    if (!isReply) sheet.put({ kind: 'crew', id: `crew:${turn}`, turn, at, text: message.text });
  }
}
