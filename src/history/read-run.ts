import type { LoadedDataConverter } from '@temporalio/common';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/codec-helpers.js';
import type { StepCommand } from '../contracts/command.ts';
import { beginRun } from '../core/begin.ts';
import { type FoldedRun, foldRun, HistoryMismatch } from '../core/fold-run.ts';
import { type HistoryEvent, millisecondsOf, readActivations, type ScheduledStep } from './activations.ts';

/** A run of an agent as its history tells it. */
export interface ReadRun {
  readonly record: FoldedRun;
  readonly runId: string;
  /** The run that this one continued, if there was one. */
  readonly previousRunId?: string;
  /** Messages, results and timers that no worker has taken on yet. */
  readonly unread: number;
}

/**
 * Folds the history of one run as the workflow did when it lived. Every step that the history says was started is
 * compared with what the fold would have started, hash of the conversation included, so that a wrong answer can't pass
 * for the agent's own. Fails with `HistoryMismatch`.
 */
export async function readRun(
  agentId: string,
  events: readonly HistoryEvent[],
  converter: LoadedDataConverter,
): Promise<ReadRun> {
  const [first] = events;
  const started = first?.workflowExecutionStartedEventAttributes;
  if (!first || !started)
    throw new HistoryMismatch('the history does not begin with the start of a workflow');
  const [start, carried] = await decodeArrayFromPayloads(converter, started.input?.payloads ?? []);
  const { activations, scheduled, unread } = await readActivations(events, converter);
  const firstRunId = started.firstExecutionRunId ?? '';
  const at = activations[0]?.at ?? millisecondsOf(first.eventTime);
  const begun = beginRun(start, carried, { agentId, firstRunId, at });
  if (!begun.ok) throw new HistoryMismatch(begun.rejection.message);
  const record = foldRun(begun.state, activations);
  for (const step of scheduled) compare(step, record.started[step.step]);
  return {
    record,
    runId: started.originalExecutionRunId ?? '',
    ...(started.continuedExecutionRunId ? { previousRunId: started.continuedExecutionRunId } : {}),
    unread: unread.length,
  };
}

const activityOf: Readonly<Record<StepCommand['type'], string>> = {
  'load-definition': 'loadDefinition',
  'call-model': 'callModel',
  'assess-calls': 'assessCalls',
  'run-batch': 'runPureTools',
  'run-tool': 'runTool',
  'reconcile-tool': 'reconcileTool',
  'check-condition': 'checkCondition',
  'look-at-agent': 'lookAtAgent',
};

function compare({ step, activityType, contextHash }: ScheduledStep, command: StepCommand | undefined): void {
  const expected = command && activityOf[command.type];
  if (expected !== activityType)
    throw new HistoryMismatch(
      `step ${step} of the history is ${activityType}, this code would have ${expected ?? 'none'}`,
    );
  if (command?.type === 'call-model' && command.request.contextHash !== contextHash)
    throw new HistoryMismatch(`the conversation at step ${step} is another one than this code would have`);
}
