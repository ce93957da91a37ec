import { readdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { msToTs } from '@temporalio/common/lib/time.js';
import type { FailureType } from '../contracts/failures.ts';
import { grpcCodeOf, grpcStatus } from '../runtime/grpc-status.ts';
import { type Attempt, AttemptRecord } from './attempt-record.ts';
import type { DeadlySteps } from './deadly-steps.ts';

/** A worker that dies this often unnoticed has other troubles; the rest is left to the next start. */
const MAX_RECORDS = 1_000;
/** Enough to be done soon, few enough to leave the server room for the workers that are starting. */
const MAX_CONCURRENT = 20;
/** The server would wait as after a failure of the call itself. It was the worker that failed, and there is a new one. */
const NEXT_ATTEMPT_MS = 1;

const extension = '.sqlite';

/** What a server is told about attempts: a part of its workflow service. */
export interface AttemptService {
  resetStickyTaskQueue(request: {
    namespace: string;
    execution: { workflowId: string; runId: string };
  }): Promise<unknown>;
  respondActivityTaskFailed(request: {
    namespace: string;
    taskToken: Uint8Array;
    failure: {
      message: string;
      applicationFailureInfo: { type: FailureType; nextRetryDelay: ReturnType<typeof msToTs> };
    };
  }): Promise<unknown>;
}

interface Log {
  info(message: string): unknown;
  warn(message: string): unknown;
}

export interface Predecessors {
  readonly folder: string;
  /** Address and namespace: a record for another server is not ours to read. */
  readonly server: string;
  readonly namespace: string;
}

/**
 * The folder for the records of this machine, as long as it runs: the locks that say who lives hold within one kernel.
 * Where there is no boot id the host's name has to do.
 */
export function recordFolder(dataDir: string): string {
  return join(dataDir, 'workers', bootId() ?? hostname());
}

export function recordFile(folder: string, identity: string): string {
  return join(folder, `${identity}${extension}`);
}

function bootId(): string | undefined {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return undefined;
  }
}

/**
 * Tells the server which attempts died with their workers on this machine, so that it starts the next ones now and not
 * when heartbeats have been missing for seconds. A call that has no further attempt ends as it would after a heartbeat
 * timeout. Of local steps the server knows nothing; `deadly` is told of them. Never rejects: what could not be told is found
 * out by the timeouts.
 */
export async function takeOver(
  service: AttemptService,
  { folder, server, namespace }: Predecessors,
  deadly: DeadlySteps,
  logger: Log,
): Promise<void> {
  for (const record of abandonedRecords(folder)) {
    try {
      if (!record.isFor(server)) {
        record.close();
        continue;
      }
      for (const { name, deaths } of record.localSteps()) deadly.died(name, deaths);
      const attempts = record.attempts();
      for (let done = 0; done < attempts.length; done += MAX_CONCURRENT) {
        const some = attempts.slice(done, done + MAX_CONCURRENT);
        await Promise.all(some.map((attempt) => giveUp(service, namespace, attempt)));
      }
      if (attempts.length > 0) logger.info(`took over ${attempts.length} steps of a worker that died`);
      record.remove();
    } catch (error) {
      record.close();
      const reason = error instanceof Error ? error.message : String(error);
      logger.warn(`the steps of a worker that died are left to their timeouts: ${reason}`);
    }
  }
}

/** Opening one takes its lock, so of several workers that start at once only one takes it over. */
function* abandonedRecords(folder: string): Generator<AttemptRecord> {
  for (const name of recordsIn(folder).slice(0, MAX_RECORDS)) {
    const record = openIfAbandoned(join(folder, name));
    if (record !== undefined) yield record;
  }
}

function recordsIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith(extension));
  } catch {
    // The first worker of this machine.
    return [];
  }
}

function openIfAbandoned(file: string): AttemptRecord | undefined {
  try {
    return new AttemptRecord(file);
  } catch {
    // Its process lives, or it can't be read; neither is ours to touch.
    return undefined;
  }
}

async function giveUp(
  service: AttemptService,
  namespace: string,
  { token, agent, run }: Attempt,
): Promise<void> {
  // The next workflow task must not wait for the dead worker, which had the workflow in its cache.
  await unlessOver(service.resetStickyTaskQueue({ namespace, execution: { workflowId: agent, runId: run } }));
  await unlessOver(
    service.respondActivityTaskFailed({
      namespace,
      taskToken: token,
      failure: {
        message: 'the worker that ran this attempt died',
        applicationFailureInfo: { type: 'WorkerLost', nextRetryDelay: msToTs(NEXT_ATTEMPT_MS) },
      },
    }),
  );
}

/** The attempt, or the whole agent, may have ended before its worker died, or timed out since. */
async function unlessOver(answer: Promise<unknown>): Promise<void> {
  try {
    await answer;
  } catch (error) {
    if (grpcCodeOf(error) !== grpcStatus.notFound) throw error;
  }
}
