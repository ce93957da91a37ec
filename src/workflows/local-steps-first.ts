import type { WorkflowInterceptorsFactory, WorkflowInternalsInterceptor } from '@temporalio/workflow';
import { workflowTime } from './workflow-time.ts';

type Activate = NonNullable<WorkflowInternalsInterceptor['activate']>;
type ActivateInput = Parameters<Activate>[0];
type Job = NonNullable<ActivateInput['activation']['jobs']>[number];

/**
 * Lets nothing else happen while a local step (a batch, an assessment) is in flight. The SDK may commit the marker of a local
 * activity before it tells the workflow: it does when the same workflow task has to answer a query. What else came
 * meanwhile is then told together with the step's end, but on replay, where the marker is known, after it. Core applies events in
 * the order in which they come, so that the order must be the same both times: the step's end, what follows from
 * it, and then the rest. What Temporal says of the run's size at the end of a step is left aside for the same reason: on replay
 * it is what was said when the step began. So is the time, because on replay a step that was heard of late ends earlier.
 */
class LocalSteps {
  private inFlight = 0;
  private held: Held[] = [];
  private isOver = false;
  private suggested = false;
  private at = 0;

  begin(): void {
    this.inFlight += 1;
  }

  /** Whether Temporal suggests that the agent goes on in a new run. */
  get suggestsNewRun(): boolean {
    return this.suggested;
  }

  /** When anything but the end of a local step was told last, in milliseconds since the epoch. */
  get toldAt(): number {
    return this.at;
  }

  /** Something that came with a task, though not as one of its jobs: it is held back like them. */
  whenTold(tell: () => void): void {
    const at = workflowTime();
    if (!this.isOver && this.inFlight > 0) {
      this.held.push({ at, tell });
      return;
    }
    this.at = at;
    tell();
  }

  activate(input: ActivateInput, next: (input: ActivateInput) => void): void {
    const jobs = input.activation.jobs ?? [];
    const suggested = input.activation.continueAsNewSuggested ?? false;
    // Queries change nothing, and come alone.
    if (jobs.some(({ queryWorkflow }) => queryWorkflow)) {
      next(input);
      return;
    }
    if (this.isOver || this.inFlight === 0) {
      this.suggested = suggested;
      // One that is tried again after a pause counts as ended before.
      if (jobs.length === 0 || !jobs.every(isLocalEnd)) this.at = workflowTime();
      next(input);
      return;
    }
    const ended = jobs.filter(isLocalEnd);
    const others = jobs.filter((job) => !isLocalEnd(job));
    // Never below: one that is tried again after a pause ends more often than it was begun here.
    this.inFlight = Math.max(0, this.inFlight - ended.length);
    const tell = (some: Job[]): void => {
      next({ ...input, activation: { ...input.activation, jobs: some } });
    };
    if (ended.length > 0) tell(ended);
    if (others.length > 0) {
      const tellOthers = (): void => {
        this.suggested = suggested;
        tell(others);
      };
      this.held.push({ at: workflowTime(), tell: tellOthers });
    }
  }

  /** Tells what was held back, once the agent has done what follows from the end of its local steps. Whether there was any. */
  tellHeld(): boolean {
    if (this.inFlight > 0 || this.held.length === 0) return false;
    this.tellAll();
    return true;
  }

  /** The agent has ended, so that no order matters any more; but whoever waits for the server must hear of it. */
  letGo(): void {
    this.isOver = true;
    this.tellAll();
  }

  private tellAll(): void {
    const held = this.held.splice(0);
    this.at = held.at(-1)?.at ?? this.at;
    for (const { tell } of held) tell();
  }
}

interface Held {
  /** When it came, in milliseconds since the epoch. */
  readonly at: number;
  readonly tell: () => void;
}

function isLocalEnd({ resolveActivity }: Job): boolean {
  return resolveActivity?.isLocal === true;
}

/** One for each workflow: every execution has modules of its own. */
export const localSteps = new LocalSteps();

export const interceptors: WorkflowInterceptorsFactory = () => ({
  outbound: [
    {
      scheduleLocalActivity: (input, next) => {
        localSteps.begin();
        return next(input);
      },
    },
  ],
  internals: [
    {
      activate: (input, next) => {
        localSteps.activate(input, next);
      },
    },
  ],
});
