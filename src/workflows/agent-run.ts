import { log, workflowInfo } from '@temporalio/workflow';
import type { AgentEvent, NewEvent } from '../contracts/event.ts';
import type { AgentState } from '../contracts/state.ts';
import { type Heard, inOrder } from '../core/child-event.ts';
import { RunRecord } from '../core/run-record.ts';
import { agentTime } from './agent-time.ts';
import { feedContext } from './context-feed.ts';
import { onlookers } from './onlookers.ts';

/** More than the SDK has between a message of the server's and the promise that tells of it. */
const STEPS_OF_THE_SDK = 10;

/** The agent's record in this run, as it is made: each event gets its time, and whoever waits for one is woken. */
export class AgentRun extends RunRecord {
  private fed: AgentState;
  private heard: Heard[] = [];
  private wake: () => void = () => undefined;

  constructor(initial: AgentState) {
    super(initial);
    feedContext(undefined, initial);
    this.fed = initial;
    for (const onlooker of onlookers) onlooker.begun(initial);
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

  /** What is heard of other agents waits for the loop, so that the order in which it counts is known. */
  hear(heard: Heard): void {
    this.heard.push(heard);
    this.wake();
  }

  /** Something changed that is no event of the agent's. */
  lookAgain(): void {
    this.wake();
  }

  get hasHeard(): boolean {
    return this.heard.length > 0;
  }

  /**
   * The first of what was heard, once everything that was told at the same time has come: nothing else can happen
   * meanwhile. Only for who knows that there is something.
   */
  async nextHeard(): Promise<Heard> {
    for (let step = 0; step < STEPS_OF_THE_SDK; step += 1) await Promise.resolve();
    const [first, ...rest] = inOrder(this.heard);
    if (!first) throw new Error('nothing was heard');
    this.heard = rest;
    return first;
  }

  record(event: NewEvent): void {
    this.take(event, agentTime());
    this.feed();
    this.wake();
  }

  protected override apply(event: AgentEvent): void {
    const before = this.state;
    super.apply(event);
    for (const onlooker of onlookers) onlooker.changed(before, this.state);
    // On replay it was logged when it happened, and each line would cost a message to the worker's main thread.
    if (this.state.revision !== before.revision && !workflowInfo().unsafe.isReplaying)
      logTransition(this.state);
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
