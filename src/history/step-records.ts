import type { LoadedDataConverter } from '@temporalio/common';
import { decodeOptionalFailureToOptionalError } from '@temporalio/common/lib/internal-non-workflow/codec-helpers.js';
import type proto from '@temporalio/proto';
import * as z from 'zod';
import type { StepRecord } from '../contracts/timeline.ts';
import type { HistoryEvent } from './activations.ts';
import { millisecondsOf } from '../contracts/wire-time.ts';

type Failure = proto.temporal.api.failure.v1.IFailure | null | undefined;

/** As the SDK puts a failure; only those of the failure table have a type. */
const ReadFailure = z.object({ name: z.string(), message: z.string(), type: z.string().nullish() });

/** Collects when each step was carried out, and at which attempt: the workflow never learns of it. */
export class StepReader {
  /** By the number of the step, the first at 0. */
  readonly records = new Map<number, StepRecord>();
  readonly #converter: LoadedDataConverter;
  /** Number of the step by the id of the event that scheduled it. */
  readonly #steps = new Map<string, number>();

  constructor(converter: LoadedDataConverter) {
    this.#converter = converter;
  }

  async take(event: HistoryEvent): Promise<void> {
    const at = millisecondsOf(event.eventTime);
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled) {
      // The SDK numbers steps from 1, and takes the number for an activity's id.
      const step = Number(scheduled.activityId) - 1;
      this.#steps.set(String(event.eventId), step);
      this.records.set(step, {
        activity: scheduled.activityType?.name ?? '',
        scheduledAt: at,
        attempts: 1,
      });
    }
    const started = event.activityTaskStartedEventAttributes;
    if (started) {
      const lastFailure = await this.#failure(started.lastFailure);
      const attempts = Math.max(1, started.attempt ?? 1);
      this.#add(started.scheduledEventId, {
        startedAt: at,
        attempts,
        ...(lastFailure ? { lastFailure } : {}),
      });
    }
    const ended =
      event.activityTaskCompletedEventAttributes ??
      event.activityTaskFailedEventAttributes ??
      event.activityTaskTimedOutEventAttributes ??
      event.activityTaskCanceledEventAttributes;
    if (ended) this.#add(ended.scheduledEventId, { endedAt: at });
  }

  /** A local step leaves nothing but a marker when it has ended. */
  takeLocal(
    step: number,
    { at, attempt, activity }: { at: number; attempt: number | undefined; activity: string | undefined },
  ): void {
    this.records.set(step, { activity: activity ?? '', local: true, endedAt: at, attempts: attempt ?? 1 });
  }

  #add(scheduledEventId: unknown, more: Partial<StepRecord>): void {
    const step = this.#steps.get(String(scheduledEventId));
    const record = step === undefined ? undefined : this.records.get(step);
    if (step !== undefined && record) this.records.set(step, { ...record, ...more });
  }

  async #failure(failure: Failure): Promise<StepRecord['lastFailure']> {
    if (!failure) return undefined;
    const error = await decodeOptionalFailureToOptionalError(this.#converter, failure);
    const { data } = ReadFailure.safeParse(error);
    return data && { type: data.type ?? data.name, message: data.message };
  }
}
