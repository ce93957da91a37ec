import { setTimeout as pause } from 'node:timers/promises';
import { type Client, QueryRejectedError, WorkflowClient } from '@temporalio/client';
import * as z from 'zod';
import type { Transitions } from '../contracts/answers.ts';
import { StatusDocument, TransitionsPage } from '../contracts/status.ts';
import { type Access, askAgent, putAgain } from './access.ts';
import { transitionsPage } from '../core/run-views.ts';
import { closingOf, type RunClosing } from '../history/closing.ts';
import { GatewayError } from './gateway-error.ts';
import { eventsOf, foldHistory, readAgentRun } from './agent-history.ts';
import { archivedEvents, isUnknown } from './archived.ts';
import type { ReadRun } from '../history/read-run.ts';
import { asClosed, statusOfRun } from './run-status.ts';
import { refuseStranger } from './sending.ts';

/** Far beyond any agent's life (a page is at most 400 KB); a workflow that always names a next page ends here. */
export const MAX_PAGES = 2_000;

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

/** A run of an agent: the newest, unless another is named. */
export interface Run {
  readonly id: string;
  readonly runId?: string | undefined;
}

interface Asked extends Run {
  /** The server, which knows it anyway, refuses to ask an agent that was closed otherwise than by completing. */
  readonly unlessCut?: boolean;
  /** How it was closed, if that is known. */
  readonly closing?: RunClosing | undefined;
}

/**
 * What an agent's worker says, or its history if no worker answers: both come from the same fold. A worker that is slow,
 * or busy replaying, may still be the first to answer.
 */
export async function fromWorkerOrHistory<T>(
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

/** Asks the run's worker. Fails `Invalid` for an answer of a form that is not known here. */
export async function query<Schema extends z.ZodType>(
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
