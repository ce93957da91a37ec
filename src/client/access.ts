import type { Client } from '@temporalio/client';
import type { ArchiveStore } from '../storage/archive.ts';
import { isSilence, toGatewayError } from './failures.ts';
import { explainSilence } from './workers.ts';

/** What every part of the gateway works with. */
export interface Access {
  readonly client: Client;
  /** Task queue that new agents are started on. */
  readonly taskQueue: string;
  /** How long to wait for an agent's worker to answer a query or an update. */
  readonly answerTimeoutMs: number;
  /** Told when an answer was read from an agent's history, because no worker gave one; why not, if that is known already. */
  readonly onReadFromHistory: (agent: string, reason?: string) => void;
  /** Has what Temporal no longer has. */
  readonly archive?: ArchiveStore | undefined;
  /** Told when an answer came from there. */
  readonly onReadFromArchive?: (agent: string) => void;
  /** Told why a list lacks what only the archive knows. */
  readonly onArchiveProblem?: (problem: string) => void;
}

/** Requests that the server answers by itself need no more than this. */
const SERVER_TIMEOUT_MS = 10_000;

/** Asks the Temporal server something that needs no worker. */
export async function askServer<T>(
  access: Access & { readonly serverTimeoutMs?: number },
  work: () => Promise<T>,
): Promise<T> {
  const { client, serverTimeoutMs = SERVER_TIMEOUT_MS } = access;
  try {
    return await client.withDeadline(Date.now() + serverTimeoutMs, work);
  } catch (error) {
    throw toGatewayError(error) ?? error;
  }
}

/** Asks an agent, so its worker. When nobody answers, the failure says whether any worker is there at all. */
export async function askAgent<T>(access: Access, id: string, work: () => Promise<T>): Promise<T> {
  try {
    return await access.client.withDeadline(Date.now() + access.answerTimeoutMs, work);
  } catch (error) {
    if (isSilence(error)) throw await explainSilence(access, id, error);
    throw toGatewayError(error) ?? error;
  }
}

/** Longer than a worker needs to read a long history. */
const MAX_TRY_MS = 10_000;

/**
 * Puts a question that changes nothing again and again, as long as there is time. The server hands it to one worker; if that one loses it,
 * because it dies or gives the workflow up, nobody answers that question any more.
 */
export async function putAgain<T>({ client, answerTimeoutMs }: Access, work: () => Promise<T>): Promise<T> {
  const end = Date.now() + answerTimeoutMs;
  for (;;) {
    const until = Math.min(end, Date.now() + MAX_TRY_MS);
    try {
      return await client.withDeadline(until, work);
    } catch (error) {
      if (until === end || Date.now() < until || !isSilence(error)) throw error;
    }
  }
}
