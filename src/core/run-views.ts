import type * as z from 'zod';
import type { Rejection } from '../contracts/failures.ts';
import type { TurnRange } from '../contracts/query-arguments.ts';
import type { AgentState } from '../contracts/state.ts';
import type { TranscriptPage, TransitionsPage, WithinTurn } from '../contracts/status.ts';
import { advance } from './advance.ts';
import { pageOf, pageOfTurns } from './paging.ts';
import type { RunRecord } from './run-record.ts';

/** What was said and done between two turns of a run, as much as fits into a page. */
export function transcriptPage(
  run: RunRecord,
  { from, to, entry }: z.output<typeof TurnRange>,
  previousRunId: string | undefined,
): TranscriptPage {
  const firstTurn = run.entries[0]?.turn ?? 0;
  return {
    agent: run.state.agentId,
    firstTurn,
    lastTurn: run.state.turn,
    ...pageOfTurns(run.entries, { from: from ?? firstTurn, to: to ?? run.state.turn, entry }),
    ...(previousRunId === undefined ? {} : { previousRunId, ownFrom: ownBeginning(run) }),
  };
}

/** A turn may go on in a run that began in the middle of it. */
function ownBeginning({ initial: { turn, context } }: RunRecord): WithinTurn {
  return { from: turn, entry: context.filter((entry) => entry.turn === turn).length };
}

/** Changes of status from a revision on, as many as fit into a page. */
export function transitionsPage({ state }: RunRecord, from = 0): TransitionsPage {
  const wanted = state.transitions.filter(({ revision }) => revision >= from);
  const transitions = pageOf(wanted);
  const next = wanted[transitions.length];
  return {
    agent: state.agentId,
    transitions,
    firstRevision: state.transitions[0]?.revision ?? 0,
    ...(next ? { nextFrom: next.revision } : {}),
  };
}

/** The state at the end of a turn: the fold over the events up to the one that ended it. */
export function stateAtTurn(
  { initial, events }: RunRecord,
  turn: number,
  previousRunId: string | undefined,
): { ok: true; state: AgentState } | { ok: false; rejection: Rejection } {
  const notFound = (message: string) => ({ ok: false, rejection: { type: 'NotFound', message } }) as const;
  const { fork } = initial.start;
  if (fork && isBeforeFork(initial, turn))
    return notFound(
      `turns up to ${fork.turn - 1} are those of the agent that it was forked from: ${fork.agent}@${turn}`,
    );
  if (turn < initial.checkpoint) {
    const where =
      previousRunId === undefined ? '' : `; turn ${turn} belongs to run ${previousRunId} or one before it`;
    return notFound(`this run starts at turn ${initial.checkpoint}${where}`);
  }
  let state = initial;
  for (const event of events) {
    if (state.checkpoint >= turn && state.phase !== 'loading') return { ok: true, state };
    state = advance(state, event);
  }
  if (state.checkpoint >= turn) return { ok: true, state };
  return notFound(`turn ${turn} has not ended yet; the last one that has is ${state.checkpoint}`);
}

/** Whether a turn is one of the agent that this one was forked from, none of its own. */
export function isBeforeFork({ start: { fork } }: AgentState, turn: number): boolean {
  return fork !== undefined && turn < fork.turn;
}

/** The state as it was when a revision came to be; undefined for one of another run, and one that is yet to come. */
export function stateAtRevision({ initial, events }: RunRecord, revision: number): AgentState | undefined {
  let state = initial;
  if (state.revision > revision) return undefined;
  for (const event of events) {
    if (state.revision >= revision) return state;
    state = advance(state, event);
  }
  return state.revision >= revision ? state : undefined;
}
