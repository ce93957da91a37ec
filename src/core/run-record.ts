import type { AgentEvent, NewEvent } from '../contracts/event.ts';
import type { AgentState, ContextEntry } from '../contracts/state.ts';
import { advance } from './advance.ts';
import { MAX_CHECKS_PER_RUN, MAX_MESSAGES_PER_RUN, MAX_TURNS_PER_RUN } from './bounds.ts';
import { isHeld } from './commands.ts';
import { isOverfull, newSince } from './compaction.ts';
import { withoutInline } from './inline-work.ts';

/**
 * What one run of an agent went through. The workflow keeps one while it lives, and whoever reads a history builds the
 * same one from it: the same events in the same order give the same record.
 */
export class RunRecord {
  state: AgentState;
  /** The state at the start of this run: what earlier runs carried over. */
  readonly initial: AgentState;
  readonly events: AgentEvent[] = [];
  /** Everything that was ever in the context during this run, also what has been condensed since. */
  readonly entries: ContextEntry[];
  private messages = 0;
  private checks = 0;

  constructor(initial: AgentState) {
    this.initial = initial;
    this.state = initial;
    this.entries = [...initial.context];
  }

  /**
   * From then on nothing new is started in this run; what is in flight ends, what waits for people is carried along.
   * Temporal suggests a new run by size and number of events.
   */
  isFull(suggested: boolean): boolean {
    const turns = this.state.turn - this.initial.turn;
    const isLong = turns >= MAX_TURNS_PER_RUN || this.checks >= MAX_CHECKS_PER_RUN;
    return suggested || isLong || this.messages >= MAX_MESSAGES_PER_RUN;
  }

  /** The event and what follows from it alone. Condensing is an event of its own, so that a fold takes the same steps. */
  protected take(event: NewEvent, at: number): void {
    const before = this.state;
    const { told, inline } = withoutInline(event);
    this.apply({ ...told, at });
    // A reply that nobody waited for has no calls here; and while the agent is held nothing new begins, so it is done later.
    if (inline && this.state !== before && !isHeld(this.state)) this.apply({ ...inline, at });
    if (event.type === 'message-received' || event.type === 'message-refused') this.countMessage(at);
    if (event.type === 'condition-checked') this.checks += 1;
    if (isOverfull(this.state)) this.apply({ type: 'context-overfull', at });
  }

  private countMessage(at: number): void {
    this.messages += 1;
    if (this.messages === MAX_MESSAGES_PER_RUN) this.apply({ type: 'run-crowded', at });
  }

  protected apply(event: AgentEvent): void {
    const before = this.state;
    this.state = advance(before, event);
    this.events.push(event);
    this.entries.push(...newSince(before, this.state));
  }
}
