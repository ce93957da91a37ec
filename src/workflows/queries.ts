import { type ApplicationFailure, setHandler, workflowInfo } from '@temporalio/workflow';
import type * as z from 'zod';
import {
  contextQuery,
  stateAtQuery,
  statusQuery,
  transcriptQuery,
  transitionsQuery,
} from '../contracts/message-definitions.ts';
import { describeIssues } from '../contracts/messages.ts';
import { AtTurn, FromOffset, FromRevision, TurnRange } from '../contracts/query-arguments.ts';
import { isUndecodable, undecodableReason } from '../contracts/undecodable.ts';
import type { Rejection } from '../contracts/failures.ts';
import type { AgentState } from '../contracts/state.ts';
import type { ContextPage } from '../contracts/status.ts';
import { modelTools } from '../core/model-tools.ts';
import { pageOf } from '../core/paging.ts';
import { stateAtTurn, transcriptPage, transitionsPage } from '../core/run-views.ts';
import { statusDocument } from '../core/status-document.ts';
import type { AgentRun } from './agent-run.ts';
import { failure } from './handlers.ts';

/** Queries answer from memory and change nothing. Each takes one optional JSON argument. */
export function answerQueries(run: AgentRun): void {
  setHandler(statusQuery, () => statusDocument(run.state), {
    description: 'What the agent does or waits for, its approvals, usage and budget',
  });
  setHandler(
    transcriptQuery,
    (range) => transcriptPage(run, parse(TurnRange, range), workflowInfo().continuedFromExecutionRunId),
    {
      description: 'What was said and done: {"from"?, "to"?} turns; go on with goesOn, or with nextFrom',
    },
  );
  setHandler(transitionsQuery, (range) => transitionsPage(run, parse(FromRevision, range).from), {
    description: 'Changes of status, with who and why: {"from"?} revision; go on with nextFrom',
  });
  setHandler(stateAtQuery, (at) => stateAt(run, parse(AtTurn, at).turn), {
    description: 'The whole state at the end of a turn of this run: {"turn"}',
  });
  setHandler(contextQuery, (from) => contextPage(run, parse(FromOffset, from).offset ?? 0), {
    description: 'For workers: the context of the next model call, in pages: {"offset"?}',
  });
}

function parse<Schema extends z.ZodType>(schema: Schema, argument: unknown): z.output<Schema> {
  // Command lines send no argument as undefined, tools often as null.
  const parsed = schema.safeParse(argument ?? undefined);
  if (parsed.success) return parsed.data;
  const message = isUndecodable(argument) ? undecodableReason(argument) : describeIssues(parsed.error);
  throw refusedQuery({ type: 'Invalid', message });
}

/** Of what a query fails with, Temporal hands on the message alone, so the type stands in it. */
function refusedQuery({ type, message }: Rejection): ApplicationFailure {
  return failure({ type, message: `${type}: ${message}` });
}

function stateAt(run: AgentRun, turn: number): AgentState {
  const found = stateAtTurn(run, turn, workflowInfo().continuedFromExecutionRunId);
  if (!found.ok) throw refusedQuery(found.rejection);
  return found.state;
}

function contextPage(run: AgentRun, offset: number): ContextPage {
  const { state } = run;
  return {
    contextHash: state.contextHash,
    total: state.context.length,
    offset,
    entries: pageOf(state.context.slice(offset)),
    tools: offset === 0 ? modelTools(state) : [],
  };
}
