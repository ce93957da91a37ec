import { log } from '@temporalio/workflow';
import type { AgentEvent, NewEvent } from '../contracts/event.ts';
import type { AgentState } from '../contracts/state.ts';
import { RunRecord } from '../core/run-record.ts';
import { feedContext } from './context-feed.ts';
import { workflowTime } from './workflow-time.ts';

/** The agent's record in this run, as it is made: each event gets its time, and whoever waits for one is woken. */
export class AgentRun extends RunRecord {
  private fed: AgentState;
  private wake: () => void = () => undefined;

  constructor(initial: AgentState) {
    super(initial);
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
    this.take(event, workflowTime());
    this.feed();
    this.wake();
  }

  protected override apply(event: AgentEvent): void {
    const { revision } = this.state;
    super.apply(event);
    if (this.state.revision !== revision) logTransition(this.state);
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
