import { log } from '@temporalio/workflow';
import type { AgentEvent } from '../contracts/event.ts';
import type { AgentState, ContextEntry } from '../contracts/state.ts';
import { advance } from '../core/advance.ts';
import { isOverfull } from '../core/compaction.ts';
import { addedSince } from '../core/context.ts';
import { feedContext } from './context-feed.ts';
import { workflowTime } from './workflow-time.ts';

/** An event as it happens; the run adds the time. */
export type NewEvent = AgentEvent extends infer Event
  ? Event extends AgentEvent
    ? Omit<Event, 'at'>
    : never
  : never;

/**
 * The agent's state in this run, and the events that led to it. All of it follows from the history: on replay the
 * same events come in the same order. Nothing here awaits, so every change is atomic.
 */
export class AgentRun {
  state: AgentState;
  /** The state at the start of this run: what earlier runs carried over. */
  readonly initial: AgentState;
  readonly events: AgentEvent[] = [];
  /** Everything that was ever in the context during this run, also what has been condensed since. */
  readonly entries: ContextEntry[];
  private fed: AgentState;
  private wake: () => void = () => undefined;

  constructor(initial: AgentState) {
    this.initial = initial;
    this.state = initial;
    this.entries = [...initial.context];
    feedContext(undefined, initial);
    this.fed = initial;
  }

  /** Once a turn, when the model is about to be asked: each time is a message to the worker's main thread. */
  private feed(): void {
    if (this.state.phase !== 'thinking') return;
    feedContext(this.fed, this.state);
    this.fed = this.state;
  }

  /** Resolves at the next event. A plain promise: a condition would cost two more calls into the sandbox for each. */
  nextChange(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }

  record(event: NewEvent): void {
    this.apply(event);
    // Condensing is an event of its own, so that a fold over the events takes the same steps.
    if (isOverfull(this.state)) this.apply({ type: 'context-overfull' });
    this.feed();
    this.wake();
  }

  private apply(event: NewEvent): void {
    const before = this.state;
    const timed = { ...event, at: workflowTime() } as AgentEvent; // The type is the event's own with `at` put back.
    this.state = advance(before, timed);
    this.events.push(timed);
    // Condensing adds nothing: the context only loses entries then.
    this.entries.push(...(addedSince(before, this.state) ?? []));
    if (this.state.revision !== before.revision) logTransition(this.state);
  }
}

function logTransition({ agentId, turn, transitions }: AgentState): void {
  const last = transitions.at(-1);
  if (!last) return;
  const { from, to, cause, actor, revision } = last;
  const line = from === to ? `${cause} (${actor})` : `${from} -> ${to}: ${cause} (${actor})`;
  // Turns alternate between thinking and acting; what people look for is everything else.
  const routine = from !== to && [from, to].every((status) => status === 'thinking' || status === 'acting');
  if (!routine) log.info(line, { agent: agentId, turn, revision });
}
