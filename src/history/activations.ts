import type { LoadedDataConverter } from '@temporalio/common';
import { decodeOptionalFailureToOptionalError } from '@temporalio/common/lib/internal-non-workflow/codec-helpers.js';
import proto from '@temporalio/proto';
import * as z from 'zod';
import type { Activation, Incoming } from '../core/activation.ts';
import { HistoryMismatch } from '../core/fold-run.ts';
import { decodeFirst, type Payloads } from './decode.ts';
import { FamilyReader } from './family-events.ts';
import { inTurns } from './in-turns.ts';
import { StepReader } from './step-records.ts';
import { millisecondsOf } from '../contracts/wire-time.ts';

export type HistoryEvent = proto.temporal.api.history.v1.IHistoryEvent;
type Marker = proto.temporal.api.history.v1.IMarkerRecordedEventAttributes;

/** A step that a history says was started, to compare with what the fold would have started. */
export interface ScheduledStep {
  readonly step: number;
  readonly activityType: string;
  /** Of the conversation that a model was asked with. */
  readonly contextHash?: string;
}

export interface ReadActivations {
  readonly activations: readonly Activation[];
  readonly scheduled: readonly ScheduledStep[];
  /** What the history says of each step beside what it came to. */
  readonly records: StepReader['records'];
  /** What has come since a worker last took the agent on. */
  readonly unread: readonly Incoming[];
  /** The run itself, where it goes on from what was copied of another one; the beginning names that one. */
  readonly resetTo?: string | undefined;
}

const RESET = proto.temporal.api.enums.v1.WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW;

/** What Core writes into the marker of a local activity. */
const LocalStep = z.object({
  seq: z.int(),
  backoff: z.null().optional(),
  complete_time: z.object({ seconds: z.number(), nanos: z.number() }).nullish(),
  attempt: z.int().optional(),
  activity_type: z.string().optional(),
});
/** What it writes into the marker of `patched`. On replay the change is in force from the start of that task. */
const Change = z.object({ id: z.string() });
const ModelArgument = z.object({ contextHash: z.string() });

/**
 * A history as the activations that the workflow saw, by the rules of Temporal's Core: whatever happened up to the start of
 * a workflow task that was completed comes in one, together with the updates accepted there; then each local activity
 * that ended during the task in one of its own. Tasks that failed or timed out left nothing behind.
 */
export async function readActivations(
  events: readonly HistoryEvent[],
  converter: LoadedDataConverter,
): Promise<ReadActivations> {
  const reader = new Reader(converter);
  await inTurns(events, (event) => reader.take(event));
  return reader;
}

/** What a workflow task leads to, beside the ends of local steps. */
function isCommand(event: HistoryEvent): boolean {
  return [
    event.activityTaskScheduledEventAttributes,
    event.timerStartedEventAttributes,
    event.startChildWorkflowExecutionInitiatedEventAttributes,
    event.signalExternalWorkflowExecutionInitiatedEventAttributes,
    event.timerCanceledEventAttributes,
    event.upsertWorkflowSearchAttributesEventAttributes,
    event.workflowExecutionUpdateAcceptedEventAttributes,
    event.workflowExecutionCompletedEventAttributes,
    event.workflowExecutionFailedEventAttributes,
    event.workflowExecutionCanceledEventAttributes,
    event.workflowExecutionContinuedAsNewEventAttributes,
  ].some((attributes) => attributes !== undefined && attributes !== null);
}

type LocalEnd = Omit<Activation, 'nextAt'> & { nextAt?: number };

class Reader implements ReadActivations {
  readonly activations: Activation[] = [];
  readonly scheduled: ScheduledStep[] = [];
  unread: Incoming[] = [];
  resetTo: string | undefined;
  readonly #converter: LoadedDataConverter;
  /** Of each scheduled activity, by the id of its event. */
  readonly #steps = new Map<string, number>();
  readonly #tasks = new Map<string, { at: number; continueAsNewSuggested: boolean }>();
  readonly #admitted = new Map<string, proto.temporal.api.update.v1.IRequest>();
  /** Ends of local steps after which their workflow task has done nothing else. */
  #last: LocalEnd[] = [];
  /** Workflow time never goes back. */
  #now = 0;
  #current: (Activation & { readonly task: string; incoming: Incoming[]; changes: string[] }) | undefined;
  #isReset = false;

  readonly #family: FamilyReader;
  readonly #stepReader: StepReader;

  constructor(converter: LoadedDataConverter) {
    this.#converter = converter;
    this.#family = new FamilyReader(converter);
    this.#stepReader = new StepReader(converter);
  }

  get records(): StepReader['records'] {
    return this.#stepReader.records;
  }

  async take(event: HistoryEvent): Promise<void> {
    await this.#stepReader.take(event);
    const incoming = await this.#incoming(event);
    if (incoming) this.unread.push(incoming);
    await this.#takeCommand(event);
    const started = event.workflowTaskStartedEventAttributes;
    if (started)
      this.#tasks.set(String(event.eventId), {
        at: millisecondsOf(event.eventTime),
        continueAsNewSuggested: started.suggestContinueAsNew ?? false,
      });
    const completed = event.workflowTaskCompletedEventAttributes;
    if (completed) this.#begin(String(completed.startedEventId), String(event.eventId));
    const failed = event.workflowTaskFailedEventAttributes;
    if (failed?.cause !== RESET) return;
    this.#isReset = true;
    this.resetTo = failed.newRunId ?? undefined;
  }

  #begin(startedEventId: string, completedEventId: string): void {
    const task = this.#tasks.get(startedEventId);
    if (!task) throw new HistoryMismatch(`no workflow task was started by event ${startedEventId}`);
    for (const activation of this.#last) activation.nextAt = Math.max(this.#now, task.at);
    this.#last = [];
    this.#current = {
      ...{ ...task, at: this.#tick(task.at), incoming: this.unread, changes: [] },
      ...(this.#isReset ? { isReset: true } : {}),
      task: completedEventId,
    };
    this.#isReset = false;
    this.activations.push(this.#current);
    this.unread = [];
  }

  #tick(at: number): number {
    this.#now = Math.max(this.#now, at);
    return this.#now;
  }

  async #incoming(event: HistoryEvent): Promise<Incoming | undefined> {
    const signal = event.workflowExecutionSignaledEventAttributes;
    if (signal)
      return { type: 'signal', name: signal.signalName ?? '', payload: await this.#first(signal.input) };
    const completed = event.activityTaskCompletedEventAttributes;
    if (completed) return this.#answered(this.#stepOf(completed.scheduledEventId), completed.result);
    const ended = event.activityTaskFailedEventAttributes ?? event.activityTaskTimedOutEventAttributes;
    if (ended) return this.#failed(this.#stepOf(ended.scheduledEventId), ended.failure);
    const cancelled = event.activityTaskCanceledEventAttributes;
    if (cancelled) {
      const error = { name: 'CancelledFailure' };
      return { type: 'step-failed', step: this.#stepOf(cancelled.scheduledEventId), error };
    }
    if (event.timerFiredEventAttributes) return { type: 'timer-fired' };
    const ofOther = await this.#family.incoming(event);
    if (ofOther) return ofOther;
    if (event.workflowExecutionCancelRequestedEventAttributes) return { type: 'cancel-requested' };
    const admitted = event.workflowExecutionUpdateAdmittedEventAttributes?.request;
    if (admitted) this.#admitted.set(admitted.meta?.updateId ?? '', admitted);
    return undefined;
  }

  /** What a workflow task led to: updates that it accepted, activities that it scheduled, local activities that ended. */
  async #takeCommand(event: HistoryEvent): Promise<void> {
    if (isCommand(event)) this.#last = [];
    const accepted = event.workflowExecutionUpdateAcceptedEventAttributes;
    if (accepted) {
      const request = accepted.acceptedRequest ?? this.#admitted.get(accepted.protocolInstanceId ?? '');
      const name = request?.input?.name ?? '';
      const payload = await this.#first(request?.input?.args);
      this.#current?.incoming.push({ type: 'update', name, payload });
    }
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled) {
      // The SDK numbers steps of both kinds from 1, and takes the number for an activity's id.
      const step = Number(scheduled.activityId) - 1;
      this.#steps.set(String(event.eventId), step);
      const argument = ModelArgument.safeParse(await this.#first(scheduled.input));
      this.scheduled.push({ step, activityType: scheduled.activityType?.name ?? '', ...argument.data });
    }
    if (event.markerRecordedEventAttributes) await this.#takeMarker(event.markerRecordedEventAttributes);
  }

  async #takeMarker(marker: Marker): Promise<void> {
    if (marker.markerName === 'core_local_activity') await this.#takeLocalStep(marker);
    if (marker.markerName !== 'core_patch') return;
    const change = Change.safeParse(await this.#first(marker.details?.['patch-data']));
    if (!change.success) throw new HistoryMismatch('the marker of a change is not readable');
    this.#current?.changes.push(change.data.id);
  }

  async #takeLocalStep(marker: Marker): Promise<void> {
    const data = LocalStep.safeParse(await this.#first(marker.details?.['data']));
    if (!data.success || !this.#current) throw new HistoryMismatch('a local step has no readable record');
    const { seq, complete_time: time, attempt, activity_type: activity } = data.data;
    const at = this.#tick(millisecondsOf(time));
    this.#stepReader.takeLocal(seq - 1, { at, attempt, activity });
    const incoming = marker.failure
      ? await this.#failed(seq - 1, marker.failure)
      : await this.#answered(seq - 1, marker.details?.['result']);
    const { continueAsNewSuggested, task } = this.#current;
    const activation: LocalEnd = { at, incoming: [incoming], continueAsNewSuggested, changes: [], task };
    this.activations.push(activation);
    this.#last.push(activation);
  }

  async #answered(step: number, result: Payloads): Promise<Incoming> {
    return { type: 'step-answered', step, value: await this.#first(result) };
  }

  async #failed(
    step: number,
    failure: proto.temporal.api.failure.v1.IFailure | null | undefined,
  ): Promise<Incoming> {
    return {
      type: 'step-failed',
      step,
      error: await decodeOptionalFailureToOptionalError(this.#converter, failure),
    };
  }

  #stepOf(scheduledEventId: unknown): number {
    return this.#steps.get(String(scheduledEventId)) ?? -1;
  }

  #first(payloads: Payloads): Promise<unknown> {
    return decodeFirst(this.#converter, payloads);
  }
}
