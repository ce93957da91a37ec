import type { LoadedDataConverter } from '@temporalio/common';
import { decodeOptionalFailureToOptionalError } from '@temporalio/common/lib/internal-non-workflow/codec-helpers.js';
import proto from '@temporalio/proto';
import { NOTICE_WORKFLOW_TYPE } from '../contracts/notice.ts';
import type { Incoming } from '../core/activation.ts';
import type { HistoryEvent } from './activations.ts';
import { decodeFirst } from './decode.ts';

type Failure = proto.temporal.api.failure.v1.IFailure | null | undefined;

const startCauses = proto.temporal.api.enums.v1.StartChildWorkflowExecutionFailedCause;

/** Workflows below an agent that it hears nothing of. Runs under the first builds that had an archive asked for `archiveRun` at their end. */
const unheard: readonly string[] = [NOTICE_WORKFLOW_TYPE, 'archiveRun'];

/** Of what type the child is that an event is about. */
function childTypeOf(event: HistoryEvent): string | null | undefined {
  return (
    event.childWorkflowExecutionStartedEventAttributes ??
    event.startChildWorkflowExecutionFailedEventAttributes ??
    event.childWorkflowExecutionCompletedEventAttributes ??
    event.childWorkflowExecutionFailedEventAttributes ??
    event.childWorkflowExecutionCanceledEventAttributes ??
    event.childWorkflowExecutionTerminatedEventAttributes ??
    event.childWorkflowExecutionTimedOutEventAttributes
  )?.workflowType?.name;
}

/** What a history says of the agents below the one whose it is. */
export class FamilyReader {
  readonly #converter: LoadedDataConverter;
  /** Signals to other agents, by the id of the event that initiated them. */
  readonly #signals = new Map<string, { child: string; signal: string }>();

  constructor(converter: LoadedDataConverter) {
    this.#converter = converter;
  }

  /** Undefined for an event that is about nobody else. */
  async incoming(event: HistoryEvent): Promise<Incoming | undefined> {
    if (unheard.includes(childTypeOf(event) ?? '')) return undefined;
    return this.#ofStart(event) ?? (await this.#ofEnd(event)) ?? this.#ofSignal(event);
  }

  #ofStart(event: HistoryEvent): Incoming | undefined {
    const started = event.childWorkflowExecutionStartedEventAttributes?.workflowExecution;
    if (started) return { type: 'child-started', child: started.workflowId ?? '', run: started.runId ?? '' };
    const refused = event.startChildWorkflowExecutionFailedEventAttributes;
    if (!refused) return undefined;
    // As the SDK puts it, whose error is not in the history.
    const message =
      refused.cause === startCauses.START_CHILD_WORKFLOW_EXECUTION_FAILED_CAUSE_WORKFLOW_ALREADY_EXISTS
        ? 'Workflow execution already started'
        : 'no reason given';
    return { type: 'child-not-started', child: refused.workflowId ?? '', error: { message } };
  }

  async #ofEnd(event: HistoryEvent): Promise<Incoming | undefined> {
    const completed = event.childWorkflowExecutionCompletedEventAttributes;
    if (completed) {
      const child = completed.workflowExecution?.workflowId ?? '';
      return { type: 'child-ended', child, value: await decodeFirst(this.#converter, completed.result) };
    }
    const failed = event.childWorkflowExecutionFailedEventAttributes;
    if (failed) {
      const child = failed.workflowExecution?.workflowId ?? '';
      return { type: 'child-failed', child, error: await this.#error(failed.failure) };
    }
    for (const [name, attributes] of [
      ['CancelledFailure', event.childWorkflowExecutionCanceledEventAttributes],
      ['TerminatedFailure', event.childWorkflowExecutionTerminatedEventAttributes],
      ['TimeoutFailure', event.childWorkflowExecutionTimedOutEventAttributes],
    ] as const) {
      if (!attributes) continue;
      const child = attributes.workflowExecution?.workflowId ?? '';
      return { type: 'child-failed', child, error: { name, message: '' } };
    }
    return undefined;
  }

  #ofSignal(event: HistoryEvent): Incoming | undefined {
    const initiated = event.signalExternalWorkflowExecutionInitiatedEventAttributes;
    if (initiated) {
      const child = initiated.workflowExecution?.workflowId ?? '';
      this.#signals.set(String(event.eventId), { child, signal: initiated.signalName ?? '' });
      return undefined;
    }
    const told = event.externalWorkflowExecutionSignaledEventAttributes;
    const missed = event.signalExternalWorkflowExecutionFailedEventAttributes;
    const sent = this.#signals.get(String((told ?? missed)?.initiatedEventId ?? ''));
    return sent && { type: told ? 'child-told' : 'child-missed', ...sent };
  }

  #error(failure: Failure): Promise<unknown> {
    return decodeOptionalFailureToOptionalError(this.#converter, failure);
  }
}
