import { setHandler, workflowInfo } from '@temporalio/workflow';
import * as z from 'zod';
import {
  contextQuery,
  stateAtQuery,
  statusQuery,
  transcriptQuery,
  transitionsQuery,
} from '../contracts/message-definitions.ts';
import { describeIssues } from '../contracts/messages.ts';
import type { AgentState } from '../contracts/state.ts';
import type { ContextPage, TranscriptPage, TransitionsPage } from '../contracts/status.ts';
import { advance } from '../core/advance.ts';
import { modelTools } from '../core/model-tools.ts';
import { pageOfTurns, pageOf } from '../core/paging.ts';
import { statusDocument } from '../core/status-document.ts';
import type { AgentRun } from './agent-run.ts';
import { failure } from './handlers.ts';

const TurnRange = z.strictObject({ from: z.int().optional(), to: z.int().optional() }).default({});
const FromRevision = z.strictObject({ from: z.int().optional() }).default({});
const AtTurn = z.strictObject({ turn: z.int().nonnegative() });
const FromOffset = z.strictObject({ offset: z.int().nonnegative().optional() }).default({});

/** Queries answer from memory and change nothing. Each takes one optional JSON argument. */
export function answerQueries(run: AgentRun): void {
  setHandler(statusQuery, () => statusDocument(run.state), {
    description: 'What the agent does or waits for, its approvals, usage and budget',
  });
  setHandler(transcriptQuery, (range) => transcript(run, parse(TurnRange, range)), {
    description: 'What was said and done: {"from"?, "to"?} turns; go on with nextFrom',
  });
  setHandler(transitionsQuery, (range) => transitions(run, parse(FromRevision, range)), {
    description: 'Changes of status, with who and why: {"from"?} revision',
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
  if (!parsed.success) throw failure({ type: 'Invalid', message: describeIssues(parsed.error) });
  return parsed.data;
}

function transcript(
  run: AgentRun,
  { from, to }: { from?: number | undefined; to?: number | undefined },
): TranscriptPage {
  const firstTurn = run.entries[0]?.turn ?? 0;
  const previousRunId = workflowInfo().continuedFromExecutionRunId;
  return {
    agent: run.state.agentId,
    firstTurn,
    lastTurn: run.state.turn,
    ...pageOfTurns(run.entries, from ?? firstTurn, to ?? run.state.turn),
    ...(previousRunId === undefined ? {} : { previousRunId }),
  };
}

function transitions(run: AgentRun, { from = 0 }: { from?: number | undefined }): TransitionsPage {
  const known = run.state.transitions;
  return {
    agent: run.state.agentId,
    transitions: pageOf(known.filter(({ revision }) => revision >= from)),
    firstRevision: known[0]?.revision ?? 0,
  };
}

/** The fold over the events up to the one that ended the turn. */
function stateAt(run: AgentRun, turn: number): AgentState {
  const { initial } = run;
  const previousRunId = workflowInfo().continuedFromExecutionRunId;
  if (turn < initial.checkpoint) {
    const where =
      previousRunId === undefined ? '' : `; turn ${turn} belongs to run ${previousRunId} or one before it`;
    throw failure({ type: 'NotFound', message: `this run starts at turn ${initial.checkpoint}${where}` });
  }
  let state = initial;
  for (const event of run.events) {
    if (state.checkpoint >= turn && state.phase !== 'loading') return state;
    state = advance(state, event);
  }
  if (state.checkpoint < turn) {
    throw failure({
      type: 'NotFound',
      message: `turn ${turn} has not ended yet; the last one that has is ${state.checkpoint}`,
    });
  }
  return state;
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
