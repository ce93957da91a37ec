import type { LoadedDataConverter } from '@temporalio/common';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/codec-helpers.js';
import type { Rejection } from '../contracts/failures.ts';
import type { AgentState } from '../contracts/state.ts';
import type { Activation } from '../core/activation.ts';
import { beginRun } from '../core/begin.ts';
import { changesBy } from '../core/changes.ts';
import { HistoryMismatch } from '../core/fold-run.ts';
import type { HistoryEvent } from './activations.ts';
import { neverBegun } from './refused-run.ts';
import { millisecondsOf } from '../contracts/wire-time.ts';

/** How a run begins: what its first event alone says. */
export interface RunHead {
  readonly runId: string;
  /** The run that this one continued, if there was one. */
  readonly previousRunId?: string;
  readonly initial: AgentState;
  /** Why the argument of the start is none, if it is not: unless an agent could begin with it when it was started, none ever was there. */
  readonly refused?: Rejection;
}

/**
 * Reads the first event of a history. `told`: when the workflow was first told of anything and by which
 * rules it went, if that is known. Fails with `HistoryMismatch`.
 */
export async function readHead(
  agentId: string,
  first: HistoryEvent | undefined,
  converter: LoadedDataConverter,
  told?: Pick<Activation, 'at' | 'changes'>,
): Promise<RunHead> {
  const started = first?.workflowExecutionStartedEventAttributes;
  if (!first || !started)
    throw new HistoryMismatch('the history does not begin with the start of a workflow');
  const [start, carried, vouch] = await decodeArrayFromPayloads(converter, started.input?.payloads ?? []);
  const firstRunId = started.firstExecutionRunId ?? '';
  const began = told?.at ?? millisecondsOf(first.eventTime);
  const begun = beginRun(start, carried, {
    ...{ agentId, firstRunId, at: began, vouch },
    continues: Boolean(started.continuedExecutionRunId),
    occasion: started,
    changes: changesBy((name) => told?.changes.includes(name) === true),
    askedAt: millisecondsOf(first.eventTime),
    startedBy: started.parentWorkflowExecution?.workflowId ?? undefined,
  });
  if (!begun.ok && begun.isCarried) throw new HistoryMismatch(begun.rejection.message);
  return {
    runId: started.originalExecutionRunId ?? '',
    ...(started.continuedExecutionRunId ? { previousRunId: started.continuedExecutionRunId } : {}),
    ...(begun.ok
      ? { initial: begun.state }
      : { initial: neverBegun(agentId, firstRunId, start, began), refused: begun.rejection }),
  };
}

/** The same, for whoever goes on from there: fails with `HistoryMismatch` also where nothing began. */
export async function readBeginning(...of: Parameters<typeof readHead>): Promise<RunHead> {
  const head = await readHead(...of);
  if (head.refused) throw new HistoryMismatch(head.refused.message);
  return head;
}
