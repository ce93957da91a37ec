import { READ_AHEAD } from '../contracts/read-ahead.ts';
import { millisecondsOf } from '../contracts/wire-time.ts';
import type { WorkflowInterceptorsFactory, WorkflowInternalsInterceptor } from '@temporalio/workflow';

type Internals = Required<WorkflowInternalsInterceptor>;
type Activation = Parameters<Internals['activate']>[0]['activation'];
type Job = NonNullable<Activation['jobs']>[number];
type Command = Parameters<Internals['concludeActivation']>[0]['commands'][number];

/** A task that went wrong and the one after it: failed or timed out, scheduled, started. A good one has as many of its own. */
const EVENTS_OF_A_TASK = 3;

/** What Temporal's Core calls a query that comes without a workflow task. */
const DIRECT_QUERY = 'legacy_query';

/**
 * Notices that this worker has read ahead. To answer a query in the place of another worker, Temporal's Core reads the history up to its
 * end, also what no workflow task was completed for yet, and goes on from there when the next task comes: what is told with that task then has happened
 * in two parts, and in another order and at another time than for whoever takes the agent over later. Where no task was even begun, what came is
 * told with the time of the task before. The way out is an error: Core forgets the agent, and reads it anew.
 *
 * Of a task that was not begun the size of the history tells, which comes with the beginning of a task: the history has grown, and its size is still that of the
 * task before. So is its time: a task that answers an update and is followed by another one at once shares the size with it, but comes earlier. (The time alone is
 * no sign: it stands still as long as the server's clock, which somebody has set back, is behind it.) One that was lost shows in the
 * length of the history: commands become events once their task is completed; if fewer came since than what the agent has asked for and is told now, that task
 * was never completed. Counted is only what surely is an event.
 *
 * A local step leaves nothing that could be counted while it is in flight; and a task of which nothing was told (all it brought was refused) may have passed before
 * one that was not begun, so that neither time nor size are those of the task before. But the server sends no query on its own way while a task is under way: one that comes
 * during a local step, or right after the first thing that this worker has heard of the agent's present, may come with that, and with no task. It is not answered
 * where the size is that of before, or the history has grown by more than what is known of accounts for, because the next task may bring nothing to tell: Core
 * would complete it, with what follows from the past as it was read here, and ask nobody.
 */
export class ReadAhead {
  private historyLength = 0;
  /** In bytes, when the last task was begun. Servers that don't say it say 0. */
  private historySize = '';
  /** When the agent was told of something last, in milliseconds since the epoch. */
  private toldAt = 0;
  /** What surely is an event once the task is completed. */
  private events = 0;
  /** What most likely is one. */
  private likely = 0;
  /** Of commands that leave no event if they are taken back within the task. */
  private begun = new Set<string>();
  private readonly localSteps = new Set<number>();
  /** Whether anything but the past has been told. */
  private isLive = false;
  /** Whether what was told last may have been told without a task, though it came later. */
  private mayBeAhead = false;

  activate({ jobs, historyLength, historySizeBytes, timestamp, isReplaying }: Activation): void {
    const told = jobs ?? [];
    const at = millisecondsOf(timestamp);
    const isLater = at > this.toldAt;
    this.toldAt = at;
    const length = historyLength ?? 0;
    if (told.some(({ queryWorkflow }) => queryWorkflow?.queryId === DIRECT_QUERY)) {
      if (this.mayBeAhead || this.localSteps.size > 0) throw this.errorAt(length);
      return;
    }
    // Any other query comes with a task.
    const isQuery = told.some(({ queryWorkflow }) => queryWorkflow);
    if (isQuery) this.mayBeAhead = false;
    this.endLocalSteps(told);
    const isFirstLive = isReplaying !== true && !this.isLive;
    this.isLive ||= isFirstLive;
    if (length === this.historyLength) return;
    const size = String(historySizeBytes ?? 0);
    const isOfSameSize = size !== '0' && size === this.historySize;
    const surplus = this.surplusOf(told, length);
    const wasTaskLost = this.events + this.begun.size > 0 && surplus < 0;
    if ((isOfSameSize && !isLater) || wasTaskLost) throw this.errorAt(length);
    const isMoreThanKnown = surplus > this.likely + sum(told.map(likelyEventsOfJob));
    this.mayBeAhead = isFirstLive && !isQuery && (isOfSameSize || isMoreThanKnown);
    this.historySize = size;
    this.historyLength = length;
    this.events = 0;
    this.likely = 0;
    this.begun = new Set();
  }

  private endLocalSteps(told: readonly Job[]): void {
    for (const { resolveActivity } of told) {
      // Its marker.
      if (resolveActivity?.isLocal && this.localSteps.delete(resolveActivity.seq ?? 0)) this.likely += 1;
    }
  }

  /**
   * How many events more have come since the last task than what surely are its commands, what is told now, and one task. Only if that one was not
   * completed it is less than nothing; or if the agent asked for nothing, since a task of nothing but refused updates leaves no event at all.
   */
  private surplusOf(told: readonly Job[], length: number): number {
    const came = length - this.historyLength - EVENTS_OF_A_TASK;
    return came - this.events - this.begun.size - sum(told.map(eventsOfJob));
  }

  private errorAt(length: number): Error {
    return new Error(
      `${READ_AHEAD} (${this.historyLength} events, now ${length}). It reads it anew: ask again.`,
    );
  }

  conclude(commands: readonly Command[]): void {
    for (const command of commands) {
      const { startTimer, scheduleActivity, startChildWorkflowExecution: startChild } = command;
      const { cancelTimer, requestCancelActivity, cancelChildWorkflowExecution: cancelChild } = command;
      if (startTimer) this.begun.add(`timer ${startTimer.seq}`);
      if (cancelTimer && !this.begun.delete(`timer ${cancelTimer.seq}`)) this.likely += 1;
      if (scheduleActivity) this.begun.add(`activity ${scheduleActivity.seq}`);
      if (requestCancelActivity) this.begun.delete(`activity ${requestCancelActivity.seq}`);
      if (startChild) this.begun.add(`child ${startChild.seq}`);
      if (cancelChild) this.begun.delete(`child ${cancelChild.childWorkflowSeq}`);
      // With the search attribute that lists the changes.
      if (command.setPatchMarker) this.likely += 2;
      if (command.scheduleLocalActivity) this.localSteps.add(command.scheduleLocalActivity.seq ?? 0);
      if (command.upsertWorkflowSearchAttributes) this.events += 1;
      if (command.updateResponse?.accepted || command.updateResponse?.completed) this.events += 1;
    }
  }
}

/** How many events a job surely stands for. */
function eventsOfJob(job: Job): number {
  if (job.signalWorkflow || job.fireTimer || job.cancelWorkflow) return 1;
  if (job.resolveActivity?.isLocal === false) return job.resolveActivity.result?.completed ? 2 : 0;
  return job.resolveChildWorkflowExecutionStart?.succeeded ||
    job.resolveChildWorkflowExecution?.result?.completed
    ? 1
    : 0;
}

/** How many it stands for beside those: a step that failed was begun, as a rule. */
function likelyEventsOfJob({ resolveActivity }: Job): number {
  return resolveActivity?.isLocal === false && resolveActivity.result?.failed ? 2 : 0;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** One for each workflow: every execution has modules of its own. */
const readAhead = new ReadAhead();

export const interceptors: WorkflowInterceptorsFactory = () => ({
  internals: [
    {
      activate: (input, next) => {
        readAhead.activate(input.activation);
        next(input);
      },
      concludeActivation: (input, next) => {
        readAhead.conclude(input.commands);
        return next(input);
      },
    },
  ],
});
