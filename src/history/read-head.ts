import type { LoadedDataConverter } from '@temporalio/common';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/codec-helpers.js';
import type { AgentState } from '../contracts/state.ts';
import { beginRun } from '../core/begin.ts';
import { HistoryMismatch } from '../core/fold-run.ts';
import type { HistoryEvent } from './activations.ts';
import { millisecondsOf } from '../contracts/wire-time.ts';

/** How a run begins: what its first event alone says. */
export interface RunHead {
  readonly runId: string;
  /** The run that this one continued, if there was one. */
  readonly previousRunId?: string;
  readonly initial: AgentState;
}

/**
 * Reads the first event of a history. `at`: when the workflow was first told of anything, if that is known; the state of an agent that
 * has just been started says it. Fails with `HistoryMismatch`.
 */
export async function readHead(
  agentId: string,
  first: HistoryEvent | undefined,
  converter: LoadedDataConverter,
  at?: number,
): Promise<RunHead> {
  const started = first?.workflowExecutionStartedEventAttributes;
  if (!first || !started)
    throw new HistoryMismatch('the history does not begin with the start of a workflow');
  const [start, carried, vouch] = await decodeArrayFromPayloads(converter, started.input?.payloads ?? []);
  const firstRunId = started.firstExecutionRunId ?? '';
  const begun = beginRun(start, carried, {
    agentId,
    firstRunId,
    at: at ?? millisecondsOf(first.eventTime),
    vouch,
    continues: Boolean(started.continuedExecutionRunId),
    askedAt: millisecondsOf(first.eventTime),
    startedBy: started.parentWorkflowExecution?.workflowId ?? undefined,
  });
  if (!begun.ok) throw new HistoryMismatch(begun.rejection.message);
  return {
    runId: started.originalExecutionRunId ?? '',
    ...(started.continuedExecutionRunId ? { previousRunId: started.continuedExecutionRunId } : {}),
    initial: begun.state,
  };
}
