import type { LoadedDataConverter } from '@temporalio/common';
import type { StepCommand } from '../contracts/command.ts';
import type { AgentState } from '../contracts/state.ts';
import type { StepRecord } from '../contracts/timeline.ts';
import type { Activation } from '../core/activation.ts';
import { FoldedRun, HistoryMismatch } from '../core/fold-run.ts';
import { type HistoryEvent, readActivations, type ScheduledStep } from './activations.ts';
import { closingOf, type RunClosing } from './closing.ts';
import { inTurns } from './in-turns.ts';
import { readHead, type RunHead } from './read-head.ts';
import { RefusedRun } from './refused-run.ts';

/** A run of an agent as its history tells it. */
export interface ReadRun extends Omit<RunHead, 'initial' | 'refused'> {
  readonly record: FoldedRun;
  /** Messages, results and timers that no worker has taken on yet. */
  readonly unread: number;
  /** How long the history was. */
  readonly eventCount: number;
  /** How the run has ended, so that its history never changes again; undefined while it is open. */
  readonly closing: RunClosing | undefined;
  /** What the history says of each step that was started, by its number. */
  readonly steps: ReadonlyMap<number, StepRecord>;
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
  const { activations, scheduled, unread, records, resetTo } = await readActivations(events, converter);
  const { initial, refused, ...head } = await readHead(agentId, events[0], converter, activations[0]);
  const closing = closingOf(events);
  if (refused && !(closing?.status === 'failed' && records.size === 0))
    // Earlier code took what this one refuses.
    throw new HistoryMismatch(refused.message);
  const record =
    refused && closing ? new RefusedRun(initial, refused, closing) : await folded(initial, activations);
  for (const step of scheduled) compare(step, record.started[step.step]);
  return {
    record,
    ...head,
    ...(resetTo === undefined ? {} : { runId: resetTo }),
    unread: unread.length,
    eventCount: events.length,
    closing,
    steps: records,
  };
}

async function folded(initial: AgentState, activations: readonly Activation[]): Promise<FoldedRun> {
  const run = new FoldedRun(initial);
  await inTurns(activations, (activation, position) => {
    run.activate(activation, position === 0);
  });
  return run;
}

const activityOf: Readonly<Record<StepCommand['type'], string>> = {
  'load-definition': 'loadDefinition',
  'load-fork': 'loadFork',
  'read-record': 'readRecord',
  'recall-calls': 'recallCalls',
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
