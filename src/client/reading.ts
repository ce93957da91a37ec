import { setTimeout as pause } from 'node:timers/promises';
import { type Client, QueryRejectedError, WorkflowClient } from '@temporalio/client';
import * as z from 'zod';
import type { Transcript, Transitions } from '../contracts/answers.ts';
import { StatusDocument, TranscriptPage, TransitionsPage } from '../contracts/status.ts';
import { type Access, askAgent, putAgain } from './access.ts';
import { transcriptPage, transitionsPage } from '../core/run-views.ts';
import { closingOf, type RunClosing } from '../history/closing.ts';
import { GatewayError } from './gateway-error.ts';
import { eventsOf, foldHistory, readAgentRun } from './agent-history.ts';
import { archivedEvents, isUnknown } from './archived.ts';
import type { ReadRun } from '../history/read-run.ts';
import { asClosed, statusOfRun } from './run-status.ts';
import { refuseStranger } from './sending.ts';

/** Far beyond any agent's life (a page is at most 400 KB); a workflow that always names a next page ends here. */
const MAX_PAGES = 2_000;

/** A worker that is well answers in a few milliseconds; from then on the history is read beside it. */
const PATIENCE_MS = 2_000;

export async function readStatus(access: Access, id: string): Promise<StatusDocument> {
  return fromWorkerOrHistory(
    access,
    { id },
    async (asked) => asClosed(await query(access, asked, 'status', StatusDocument), asked.closing),
    statusOfRun,
  );
}

/** All that was said between two turns, inclusive, across the pages of a run and the runs of an agent. */
export async function readTranscript(access: Access, id: string, range: TurnRange): Promise<Transcript> {
  const from = range.from ?? 0;
  const newest = await readRun(access, { id }, range);
  let { entries, firstTurn } = newest;
  let previous = newest.previousRunId;
  for (let runs = 0; previous !== undefined && from < firstTurn && runs < MAX_PAGES; runs++) {
    const to = Math.min(firstTurn - 1, range.to ?? firstTurn - 1);
    const earlier = await readRun(access, { id, runId: previous }, { from, to }).catch(runIsGone);
    if (!earlier) break;
    entries = [...earlier.entries.filter(({ turn }) => turn < firstTurn), ...entries];
    firstTurn = Math.min(firstTurn, earlier.firstTurn);
    previous = earlier.previousRunId === previous ? undefined : earlier.previousRunId;
  }
  return { agent: newest.agent, firstTurn, lastTurn: newest.lastTurn, entries };
}

/** All changes of status in the current run from a revision on, across the pages. */
export async function readTransitions(
  access: Access,
  id: string,
  range: { from?: number },
): Promise<Transitions> {
  const { nextFrom, ...first } = await transitionsFrom(access, id, range);
  const transitions = [...first.transitions];
  let from = nextFrom;
  for (let pages = 1; from !== undefined && pages < MAX_PAGES; pages++) {
    const page = await transitionsFrom(access, id, { from });
    transitions.push(...page.transitions);
    if (page.nextFrom !== undefined && page.nextFrom <= from) break;
    from = page.nextFrom;
  }
  return { ...first, transitions };
}

function transitionsFrom(access: Access, id: string, range: { from?: number }): Promise<TransitionsPage> {
  return fromWorkerOrHistory(
    access,
    { id },
    (asked) => query(access, asked, 'transitions', TransitionsPage, range),
    (run) => transitionsPage(run.record, range.from),
  );
}

interface TurnRange {
  readonly from?: number;
  readonly to?: number;
  readonly entry?: number;
}

interface Run {
  readonly id: string;
  readonly runId?: string | undefined;
}

interface Asked extends Run {
  /** The server, which knows it anyway, refuses to ask an agent that was closed otherwise than by completing. */
  readonly unlessCut?: boolean;
  /** How it was closed, if that is known. */
  readonly closing?: RunClosing | undefined;
}

async function readRun(access: Access, run: Run, range: TurnRange): Promise<TranscriptPage> {
  return fromWorkerOrHistory(
    access,
    run,
    (asked) => allPages(range, (part) => query(access, asked, 'transcript', TranscriptPage, part)),
    ({ record, previousRunId }) =>
      allPages(range, (part) => Promise.resolve(transcriptPage(record, part, previousRunId))),
  );
}

async function allPages(
  range: TurnRange,
  ask: (range: TurnRange) => Promise<TranscriptPage>,
): Promise<TranscriptPage> {
  const first = await ask(range);
  const entries = [...first.entries];
  let next = afterPage(first);
  for (let pages = 1; next !== undefined && pages < MAX_PAGES; pages++) {
    const page = await ask({ ...range, ...next });
    entries.push(...page.entries);
    const following = afterPage(page);
    if (following && !isLater(following, next)) break;
    next = following;
  }
  return { ...first, entries };
}

interface Place {
  readonly from: number;
  readonly entry?: number;
}

/** What to ask for after a page. Workers of before know no entry, and name none. */
function afterPage({ goesOn, nextFrom: from }: TranscriptPage): Place | undefined {
  return goesOn ?? (from === undefined ? undefined : { from });
}

function isLater(one: Place, other: Place): boolean {
  return one.from > other.from || (one.from === other.from && (one.entry ?? 0) > (other.entry ?? 0));
}

/**
 * What an agent's worker says, or its history if no worker answers: both come from the same fold. A worker that is slow,
 * or busy replaying, may still be the first to answer.
 */
async function fromWorkerOrHistory<T>(
  access: Access,
  run: Run,
  ask: (asked: Asked) => Promise<T>,
  read: (run: ReadRun) => T | Promise<T>,
): Promise<T> {
  const { id, runId } = run;
  // Runs that others followed were closed otherwise too, and there is nothing that they have not heard of.
  const asked = ask({ ...run, unlessCut: runId === undefined }).catch(async (error: unknown) => {
    await refuseStranger(access, id);
    throw error;
  });
  let reason: string | undefined;
  const settled = asked.then(
    () => true,
    (error: unknown) => {
      if (!(error instanceof GatewayError) || error.type !== 'NoWorker') return true;
      reason = error.message;
      return false;
    },
  );
  if (await Promise.race([settled, pause(PATIENCE_MS, false, { ref: false })]))
    return asked.catch(orOfClosed(access, run, ask, read)).catch(orFromArchive(access, { id, runId }, read));
  await refuseStranger(access, id);
  const folded = readAgentRun(access, id, runId).then(read);
  // Whichever is there first; when neither comes, why no worker answered says more than why no history was read.
  const first = await Promise.any([
    asked.then((value) => ({ value, isFromHistory: false })),
    folded.then((value) => ({ value, isFromHistory: true })),
  ]).catch(() => undefined);
  if (!first) return asked.catch(orOfClosed(access, run, ask, read));
  if (first.isFromHistory) access.onReadFromHistory(id, reason);
  return first.value;
}

/** How an agent ended that did not complete stands in its history alone, and it may never have begun. */
function orOfClosed<T>(
  access: Access,
  run: Run,
  ask: (asked: Asked) => Promise<T>,
  read: (run: ReadRun) => T | Promise<T>,
): (error: unknown) => Promise<T> {
  return async (error) => {
    if (!(error instanceof QueryRejectedError)) throw error;
    const events = await eventsOf(access, run.id, run.runId);
    try {
      return await read(await foldHistory(access, run.id, events));
    } catch (unread) {
      if (!(unread instanceof GatewayError) || unread.type !== 'NoWorker') throw unread;
      return ask({ ...run, closing: closingOf(events) });
    }
  };
}

/** What Temporal knows no more is no error while the archive has it. */
function orFromArchive<T>(
  access: Access,
  { id, runId }: Run,
  read: (run: ReadRun) => T | Promise<T>,
): (error: unknown) => Promise<T> {
  return async (error) => {
    const archived = isUnknown(error) ? await archivedEvents(access, id, runId) : undefined;
    if (!archived) throw error;
    return read(await foldHistory(access, id, archived.events));
  };
}

/** A run past the server's retention is not an error of the transcript: what remains is shown. */
function runIsGone(error: unknown): undefined {
  if (error instanceof GatewayError && error.type === 'NotFound') return undefined;
  throw error;
}

async function query<Schema extends z.ZodType>(
  access: Access,
  { id, runId, unlessCut = false }: Asked,
  name: string,
  schema: Schema,
  ...args: unknown[]
): Promise<z.output<Schema>> {
  const workflow = unlessCut ? refusingCut(access.client) : access.client.workflow;
  const answer = await askAgent(access, id, () =>
    putAgain(access, () => workflow.getHandle(id, runId).query<unknown, unknown[]>(name, ...args)),
  );
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw new GatewayError(
    'Invalid',
    `Agent ${id} answered the query ${name} in a form that is not known here.`,
    {
      help: 'The worker is of another version than this client; update the older of the two.',
      details: z.treeifyError(parsed.error),
    },
  );
}

function refusingCut({ connection, workflow: { options } }: Client): WorkflowClient {
  const { namespace, identity, interceptors, loadedDataConverter: dataConverter } = options;
  return new WorkflowClient({
    ...{ connection, namespace, identity, interceptors, dataConverter },
    queryRejectCondition: 'NOT_COMPLETED_CLEANLY',
  });
}
