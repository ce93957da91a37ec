import type { Command } from '../contracts/command.ts';
import type { NewEvent } from '../contracts/event.ts';
import { parseMessage } from '../contracts/messages.ts';
import type { AgentState } from '../contracts/state.ts';
import { type Changes, changeNames } from './changes.ts';
import { newCommands } from './commands.ts';
import { cancelledThroughTemporal, eventOfSignal, isMessageName, messageNames } from './incoming.ts';
import { RunRecord } from './run-record.ts';
import { eventOfAnswer, eventOfError } from './step-event.ts';

/** What came to a run from outside, as a history holds it. Steps are known by the order in which they were started. */
export type Incoming =
  | { readonly type: 'signal'; readonly name: string; readonly payload: unknown }
  | { readonly type: 'update'; readonly name: string; readonly payload: unknown }
  | { readonly type: 'step-answered'; readonly step: number; readonly value: unknown }
  | { readonly type: 'step-failed'; readonly step: number; readonly error: unknown }
  | { readonly type: 'timer-fired' }
  | { readonly type: 'cancel-requested' };

/** All that a workflow was told at once, and the time that it had then. */
export interface Activation {
  readonly at: number;
  /** In the order of the history. */
  readonly incoming: readonly Incoming[];
  /** Whether Temporal suggested a new run. */
  readonly continueAsNewSuggested: boolean;
  /** Markers of changes that are in force from then on. */
  readonly changes: readonly string[];
}

/** The history does not fit the agent's code as it is here: whoever wrote it took other steps. */
export class HistoryMismatch extends Error {
  override readonly name = 'HistoryMismatch';
}

/** Reads a run's record from its history, by the rules that `src/workflows` follows when it makes it. */
export function foldRun(initial: AgentState, activations: readonly Activation[]): FoldedRun {
  const run = new FoldedRun(initial);
  activations.forEach((activation, position) => {
    run.activate(activation, position === 0);
  });
  return run;
}

export class FoldedRun extends RunRecord {
  /** Every command that was started, the first at 0. */
  readonly started: Command[] = [];
  readonly #inFlight = new Set<string>();
  readonly #inForce = new Set<string>();
  readonly #changes: Changes = { toolWaits: () => this.#inForce.has(changeNames.toolWaits) };

  /**
   * Messages are handled at once, while Temporal hands them over; then the agent's loop goes round, before it learns of
   * steps and timers that ended; then it goes round again. On the first time its loop begins in between anyway.
   */
  activate({ at, incoming, continueAsNewSuggested, changes }: Activation, isFirst: boolean): void {
    for (const change of changes) this.#inForce.add(change);
    const messages = incoming.filter(({ type }) => type === 'signal' || type === 'update');
    for (const message of isFirst ? byHandler(messages) : messages) this.#record(this.#eventOf(message), at);
    if (isFirst || messages.length > 0) this.#goRound(at, continueAsNewSuggested);
    for (const other of incoming) if (!messages.includes(other)) this.#record(this.#eventOf(other), at);
    this.#goRound(at, continueAsNewSuggested);
  }

  /** What the workflow's loop does between two events. */
  #goRound(at: number, continueAsNewSuggested: boolean): void {
    if (this.state.phase === 'ended') return;
    if (!this.isFull(continueAsNewSuggested))
      for (const command of newCommands(this.state, this.#inFlight)) {
        this.started.push(command);
        this.#inFlight.add(command.id);
      }
    if (this.#inFlight.size === 0 && this.state.stopping) this.#record({ type: 'drained' }, at);
  }

  #record(event: NewEvent | undefined, at: number): void {
    if (event) this.take(event, at);
  }

  #eventOf(incoming: Incoming): NewEvent | undefined {
    switch (incoming.type) {
      case 'signal':
        return eventOfSignal(incoming.name, incoming.payload);
      case 'update': {
        // An update that is not for us, or is malformed, was answered with a failure and changed nothing.
        if (!isMessageName(incoming.name)) return undefined;
        const parsed = parseMessage(incoming.name, incoming.payload);
        return parsed.ok ? { type: 'message-received', message: parsed.message } : undefined;
      }
      case 'step-answered':
        return eventOfAnswer(this.#end(incoming.step), incoming.value, this.#changes);
      case 'step-failed': {
        const event = eventOfError(this.#end(incoming.step), incoming.error, this.#changes);
        if (!event) throw new HistoryMismatch(`step ${incoming.step} failed in a way that no step can`);
        return event;
      }
      case 'timer-fired':
        return { type: 'time-passed' };
      case 'cancel-requested':
        return cancelledThroughTemporal;
    }
  }

  #end(step: number): Command {
    const command = this.started[step];
    if (!command) throw new HistoryMismatch(`step ${step} ended, which this code would not have started`);
    this.#inFlight.delete(command.id);
    return command;
  }
}

/** Messages that come before the agent has begun wait for its handlers, which are set name by name. */
function byHandler(messages: readonly Incoming[]): Incoming[] {
  const place = (message: Incoming): number => {
    if (message.type !== 'signal' && message.type !== 'update') return 0;
    const index = messageNames.findIndex((name) => name === message.name);
    return (index < 0 ? messageNames.length : index) * 2 + (message.type === 'update' ? 1 : 0);
  };
  return messages.toSorted((left, right) => place(left) - place(right));
}
