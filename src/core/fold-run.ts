import { type Command, isStep, type StepCommand } from '../contracts/command.ts';
import type { NewEvent } from '../contracts/event.ts';
import { parseMessage } from '../contracts/messages.ts';
import type { AgentState } from '../contracts/state.ts';
import {
  type Activation,
  byHandler,
  type Incoming,
  isMessage,
  isOfFamily,
  type OfFamily,
} from './activation.ts';
import { advance } from './advance.ts';
import { mayDrain } from './children.ts';
import { wakesOf } from './clock.ts';
import { searchAttributes } from './status-document.ts';
import { changesBy } from './changes.ts';
import { newCommands } from './commands.ts';
import { cancelledThroughTemporal, eventOfSignal, isMessageName } from './incoming.ts';
import { RunRecord } from './run-record.ts';
import { withoutInline } from './inline-work.ts';
import { eventOfAnswer, eventOfError } from './step-event.ts';
import { childEnded, childFailed, childRefused, type Heard, inOrder } from './child-event.ts';
import { startCommandId, tellCommandId } from './tree-commands.ts';

/** The history does not fit the agent's code as it is here: whoever wrote it took other steps. */
export class HistoryMismatch extends Error {
  override readonly name = 'HistoryMismatch';
}

/** A run's record as its history gives it, by the rules that `src/workflows` follows when it makes it. */
export class FoldedRun extends RunRecord {
  /** Every command that was started as an activity, the first at 0. */
  readonly started: StepCommand[] = [];
  /** How many events had happened when each of them was started. */
  readonly startedAfter: number[] = [];
  /** The step whose end an event was, by the event's place; other events come from no step. */
  readonly endings = new Map<number, number>();
  readonly #inFlight = new Map<string, Command>();
  #localInFlight = 0;
  readonly #held: Held[] = [];
  /** When anything but the end of a local step was told last. */
  #toldAt = 0;
  readonly #inForce = new Set<string>();
  readonly #changes = changesBy((name) => this.#inForce.has(name));

  /**
   * While a local step is in flight nothing else happens (`src/workflows/local-steps-first.ts`): it is held back until the step
   * has ended and the agent has done what follows from that.
   */
  activate(activation: Activation, isFirst: boolean): void {
    for (const change of activation.changes) this.#inForce.add(change);
    const waits = this.#localInFlight > 0 && !activation.incoming.some((one) => this.#isLocalEnd(one));
    const isReset = activation.isReset === true && this.#changes.resets();
    const isResetLater = isReset && waits && this.#changes.stepTimes();
    if (isReset && !isResetLater) this.#record({ type: 'reset' }, activation.at);
    if (!waits)
      this.#tell(
        isFirst ? byHandler(activation.incoming) : activation.incoming,
        this.#momentOf(activation),
        isFirst,
      );
    else if (isResetLater || activation.incoming.length > 0)
      this.#held.push({ ...activation, isReset: isResetLater });
  }

  /** What follows from the end of a local step has the time of what was told before, at which it began. */
  #momentOf(activation: Activation): Moment {
    const { at, incoming, continueAsNewSuggested } = activation;
    if (!this.#changes.stepTimes()) return this.#earlierMomentOf(activation);
    if (!incoming.some((one) => this.#isLocalEnd(one))) this.#toldAt = at;
    return { at: this.#toldAt, continueAsNewSuggested };
  }

  /**
   * Before `stepTimes`: a workflow task that answers a query may commit the marker of a local step before the workflow hears of it, with
   * the next task. Then what follows from it is missing after the marker.
   */
  #earlierMomentOf({ at, nextAt, incoming, continueAsNewSuggested }: Activation): Moment {
    const [end] = incoming;
    const event = nextAt !== undefined && end && this.#isLocalEnd(end) ? this.#read(end) : undefined;
    if (!event || nextAt === undefined) return { at, continueAsNewSuggested };
    const isLate = this.#leadsToCommands(advance(this.state, { ...event, at }));
    return { at: isLate ? nextAt : at, continueAsNewSuggested };
  }

  #leadsToCommands(next: AgentState): boolean {
    if (next.phase === 'ended') return true;
    const visible = (state: AgentState): string => JSON.stringify([searchAttributes(state), wakesOf(state)]);
    return (
      visible(next) !== visible(this.state) ||
      newCommands(next, this.#inFlight).some((command) => !this.#isLocal(command))
    );
  }

  /**
   * Messages are handled at once, while the workflow is told of them; then the agent's loop goes round, before it learns of
   * steps and timers that ended; then it goes round again, and once more for each thing that it hears of other agents. `loops`: it goes round in between whether messages came or not.
   */
  #tell(incoming: readonly Incoming[], now: Moment, loops: boolean): void {
    const messages = incoming.filter(isMessage);
    for (const message of messages) this.#record(this.#eventOf(message), now.at);
    if (loops || messages.length > 0) this.#goRound(now);
    const others = incoming.filter((other) => !isMessage(other));
    for (const other of others) {
      if (isOfFamily(other)) continue;
      const event = this.#eventOf(other);
      const position = this.events.length;
      this.#record(event, now.at);
      if (!event || !('step' in other)) continue;
      this.endings.set(position, other.step);
      // What was done with the calls of a reply ended with the step that got it, if it counted.
      const { inline } = withoutInline(event);
      if (inline && this.events[position + 1]?.type === inline.type)
        this.endings.set(position + 1, other.step);
    }
    this.#goRound(now);
    const heard = others.filter(isOfFamily).map((one) => this.#heard(one));
    for (const { event, command } of inOrder(heard)) {
      if (command !== undefined) this.#inFlight.delete(command);
      this.#record(event, now.at);
      this.#goRound(now);
    }
  }

  /** What the workflow's loop does between two events. */
  #goRound(now: Moment): void {
    if (this.state.phase === 'ended') return;
    if (!this.isFull(now.continueAsNewSuggested))
      for (const command of newCommands(this.state, this.#inFlight)) {
        this.#inFlight.set(command.id, command);
        // Children, and what they are told, are not numbered among the steps.
        if (!isStep(command)) continue;
        this.started.push(command);
        this.startedAfter.push(this.events.length);
        if (this.#isLocal(command)) this.#localInFlight += 1;
      }
    if (this.#localInFlight === 0 && this.#held.length > 0) this.#tellHeld(now);
    else if (this.#inFlight.size === 0 && mayDrain(this.state)) this.#record({ type: 'drained' }, now.at);
  }

  /** What Temporal said of the run's size counts from when it is told, with what it came with. */
  #tellHeld(now: Moment): void {
    const held = this.#held.splice(0);
    const last = held.at(-1);
    this.#toldAt = last?.at ?? this.#toldAt;
    const at = this.#changes.stepTimes() ? this.#toldAt : now.at;
    if (held.some(({ isReset }) => isReset)) this.#record({ type: 'reset' }, at);
    this.#tell(
      held.flatMap(({ incoming }) => incoming),
      { at, continueAsNewSuggested: last?.continueAsNewSuggested === true },
      true,
    );
  }

  /** Local activities: they end in activations of their own. */
  #isLocal(command: Command): boolean {
    const { type } = command;
    if (type === 'load-definition') return this.#changes.localLoad();
    return type === 'run-batch' || type === 'assess-calls' || (type === 'check-condition' && command.local);
  }

  #isLocalEnd(incoming: Incoming): boolean {
    if (incoming.type !== 'step-answered' && incoming.type !== 'step-failed') return false;
    return this.#isLocal(this.#commandOf(incoming.step));
  }

  #record(event: NewEvent | undefined, at: number): void {
    if (event) this.take(event, at);
  }

  #eventOf(incoming: Incoming): NewEvent | undefined {
    const event = this.#read(incoming);
    if (incoming.type === 'step-answered' || incoming.type === 'step-failed') {
      const command = this.#commandOf(incoming.step);
      this.#inFlight.delete(command.id);
      if (this.#isLocal(command)) this.#localInFlight -= 1;
    }
    return event;
  }

  #read(incoming: Incoming): NewEvent | undefined {
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
        return eventOfAnswer(this.#commandOf(incoming.step), incoming.value, this.#changes);
      case 'step-failed': {
        const event = eventOfError(this.#commandOf(incoming.step), incoming.error, this.#changes);
        if (!event) throw new HistoryMismatch(`step ${incoming.step} failed in a way that no step can`);
        return event;
      }
      case 'timer-fired':
        return { type: 'time-passed' };
      case 'cancel-requested':
        return cancelledThroughTemporal;
      default:
        return undefined;
    }
  }

  #heard(incoming: OfFamily): Heard {
    const { child } = incoming;
    switch (incoming.type) {
      case 'child-started':
        return {
          event: { type: 'child-started', child, run: incoming.run },
          command: startCommandId(child),
        };
      case 'child-not-started':
        return { event: childRefused(child, incoming.error), command: startCommandId(child) };
      case 'child-ended':
        return { event: childEnded(child, incoming.value) };
      case 'child-failed':
        return { event: childFailed(child, incoming.error) };
      case 'child-told':
      case 'child-missed':
        return this.#told(child, incoming.type, tellCommandId(incoming.signal, child));
    }
  }

  #told(child: string, type: 'child-told' | 'child-missed', command: string): Heard {
    const told = this.#inFlight.get(command);
    // What an agent that has ended says to others is no command of its state any more.
    if (type === 'child-missed' || told?.type !== 'tell-child')
      return { event: { type: 'child-missed', child }, command };
    return { event: { type, child, told: told.told }, command };
  }

  #commandOf(step: number): StepCommand {
    const command = this.started[step];
    if (!command) throw new HistoryMismatch(`step ${step} ended, which this code would not have started`);
    return command;
  }
}

type Held = Pick<Activation, 'at' | 'incoming' | 'continueAsNewSuggested'> & { readonly isReset: boolean };

type Moment = Pick<Activation, 'at' | 'continueAsNewSuggested'>;
