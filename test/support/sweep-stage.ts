import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Client } from '@temporalio/client';
import { loadDataConverter } from '@temporalio/common/lib/internal-non-workflow/index.js';
import type { ArchivePlaces } from '../../src/archive/archiving.ts';
import { sweep, type SweepOptions } from '../../src/archive/sweeping.ts';
import type { Sweep } from '../../src/contracts/archive-sweep.ts';
import { dataConverter } from '../../src/contracts/data-converter.ts';
import { AuditReader } from '../../src/storage/audit-reader.ts';
import { openArchive } from '../../src/storage/sqlite-archive.ts';
import { historyIn } from './histories.ts';

export const namespace = 'default';
export const taskQueue = 'perdure';
export const minute = 60_000;
/** Of a server's clock, in no relation to this machine's. */
export const base = Date.parse('2026-11-20T10:00:00.000Z');

interface Closed {
  readonly agent: string;
  readonly runId: string;
  readonly startedAt: number;
  readonly closedAt: number;
  readonly bytes?: number;
}

export function grpcError(code: number, message: string): Error {
  return Object.assign(new Error(message), { code, details: message, metadata: {} });
}

/** A server that has these runs, all with one history, as far as a sweep asks for anything. */
class FakeServer {
  readonly runs: Closed[] = [];
  readonly failing = new Map<string, Error>();
  readonly fetched: string[] = [];
  listed = 0;

  add(name: string, startedAt: number, closedAt: number, bytes = 1_000): void {
    this.runs.push({ agent: name, runId: `run-${name}`, startedAt, closedAt, bytes });
  }

  get client(): Client {
    const { history } = historyIn('approvals.json');
    // Only what is asked of a client here; anything else fails the test.
    return {
      options: { namespace, loadedDataConverter: loadDataConverter(dataConverter) },
      workflow: {
        getHandle: (_agent: string, runId: string) => ({
          fetchHistory: () => {
            this.fetched.push(runId);
            const error = this.failing.get(runId);
            return error ? Promise.reject(error) : Promise.resolve(history);
          },
        }),
      },
      workflowService: { listWorkflowExecutions: (asked: object) => Promise.resolve(this.#page(asked)) },
    } as unknown as Client;
  }

  #page(asked: object) {
    this.listed += 1;
    const { query, pageSize, nextPageToken } = asked as {
      query: string;
      pageSize: number;
      nextPageToken?: Buffer;
    };
    const first = Number(nextPageToken?.toString() ?? 0);
    const [from = 0, to = 0] = [...query.matchAll(/CloseTime >=? ?'([^']+)'|CloseTime < '([^']+)'/g)].map(
      ([, begin, end]) => Date.parse(begin ?? end ?? ''),
    );
    const found = this.runs
      .filter(({ closedAt }) => closedAt >= from && closedAt < to)
      .toSorted((one, other) => other.closedAt - one.closedAt);
    const executions = found.slice(first, first + pageSize).map(({ agent, runId, startedAt, bytes }) => ({
      execution: { workflowId: agent, runId },
      startTime: { seconds: Math.floor(startedAt / 1_000), nanos: (startedAt % 1_000) * 1_000_000 },
      historySizeBytes: bytes,
    }));
    return {
      executions,
      nextPageToken: Buffer.from(found.length > first + pageSize ? String(first + pageSize) : ''),
    };
  }
}

/** An archive of its own, and a server for it. */
export class SweepStage {
  readonly server = new FakeServer();
  readonly reported: string[] = [];
  readonly places: ArchivePlaces;
  readonly #folder = mkdtempSync(join(tmpdir(), 'perdure-sweep-'));
  readonly #file = join(this.#folder, 'archive.sqlite');

  constructor() {
    const store = openArchive(this.#file, (message) => new Error(message));
    const audit = { folder: join(this.#folder, 'audit'), values: false, reader: new AuditReader() };
    this.places = { store, audit };
  }

  swept(until: number, more: Partial<SweepOptions> = {}): Promise<Sweep> {
    return sweep(this.server.client, this.places, {
      ...{ taskQueue, until, maxHistoryBytes: 1_000_000, signal: new AbortController().signal },
      onArchived: () => undefined,
      report: (line) => this.reported.push(line),
      ...more,
    });
  }

  /** Troubles that were given up long ago, `run-lost-1` and so on: more at once than can be noted one by one. */
  async giveUp(count: number): Promise<void> {
    await this.places.store.sweeps.troubles(namespace);
    using database = new DatabaseSync(this.#file);
    database
      .prepare(
        `WITH RECURSIVE lost(at) AS (SELECT 1 UNION ALL SELECT at + 1 FROM lost WHERE at < ?)
         INSERT INTO troubles SELECT 'run-lost-' || at, ?, 'lost', 1, '2020-01-01T00:00:00.000Z', 150, NULL, 'x' FROM lost`,
      )
      .run(count, namespace);
  }

  async stored(): Promise<string[]> {
    const runs = await this.places.store.list({ namespace, limit: 1_000, continued: true });
    return runs.map(({ run }) => run.runId).toSorted();
  }

  async close(): Promise<void> {
    await this.places.store.close();
    rmSync(this.#folder, { recursive: true });
  }
}
