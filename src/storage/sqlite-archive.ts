import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import { Kysely, type SelectQueryBuilder, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import * as z from 'zod';
import { ArchivedRun } from '../contracts/archived-run.ts';
import type { ArchiveFilter, ArchiveStore, PruneRule, StoredRun } from './archive.ts';
import { archiveMigrations } from './archive-migrations.ts';
import type { ArchiveTables, RunsTable } from './archive-tables.ts';
import { NodeSqliteDialect } from './node-sqlite.ts';
import { slices } from './slices.ts';
import { type MakeUnavailable, sqliteFile } from './sqlite-file.ts';
import { SqliteSweeps } from './sqlite-sweeps.ts';

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

const described = [
  ...(['run_id', 'namespace', 'agent', 'first_run_id', 'previous_run_id', 'definition', 'status'] as const),
  ...(['started_at', 'closed_at', 'turn', 'events', 'bytes', 'stored_bytes', 'sha256'] as const),
] as const;
type Described = Pick<RunsTable, (typeof described)[number]>;

function storedRun(row: Described): StoredRun {
  const { previous_run_id: previous, definition, turn } = row;
  const run = ArchivedRun.parse({
    ...{ namespace: row.namespace, agent: row.agent, runId: row.run_id, firstRunId: row.first_run_id },
    ...(previous === null ? {} : { previousRunId: previous }),
    ...(definition === null ? {} : { definition }),
    ...{ status: row.status, startedAt: row.started_at, closedAt: row.closed_at, events: row.events },
    ...(turn === null ? {} : { turn }),
  });
  return { run, bytes: row.bytes, storedBytes: row.stored_bytes, sha256: row.sha256 };
}

/** Opens the archive kept in a SQLite file, which is made at the first use if it is missing. */
export function openArchive(file: string, unavailable: MakeUnavailable): ArchiveStore {
  // Versions are those of the migrations; a file that counts otherwise is something else.
  const place = sqliteFile({ file, name: 'archive', version: 0, schema: '', unavailable });
  return new SqliteArchive(new Kysely({ dialect: new NodeSqliteDialect(place) }), (problem, cause) =>
    unavailable(`the archive ${file} ${problem}`, cause),
  );
}

class SqliteArchive implements ArchiveStore {
  readonly sweeps = new SqliteSweeps(() => this.#ready());
  readonly #database: Kysely<ArchiveTables>;
  readonly #broken: MakeUnavailable;
  #migrated: Promise<void> | undefined;

  constructor(database: Kysely<ArchiveTables>, broken: MakeUnavailable) {
    this.#database = database;
    this.#broken = broken;
  }

  async keep(run: ArchivedRun, history: Uint8Array): Promise<boolean> {
    const packed = await compress(history);
    const database = await this.#ready();
    const { numInsertedOrUpdatedRows: rows = 0n } = await database
      .insertInto('runs')
      .values({
        ...{ run_id: run.runId, namespace: run.namespace, agent: run.agent, first_run_id: run.firstRunId },
        ...{ previous_run_id: run.previousRunId ?? null, definition: run.definition ?? null },
        ...{ status: run.status, started_at: run.startedAt, closed_at: run.closedAt, turn: run.turn ?? null },
        ...{ events: run.events, encoding: 'zstd', bytes: history.length, stored_bytes: packed.length },
        ...{ sha256: sha256(history), history: packed },
      })
      .onConflict((conflict) => conflict.column('run_id').doNothing())
      .executeTakeFirstOrThrow();
    return rows > 0n;
  }

  async find(namespace: string, agent: string, runId?: string): Promise<ArchivedRun | undefined> {
    const database = await this.#ready();
    const row = await database
      .selectFrom('runs')
      .select(described)
      .where('namespace', '=', namespace)
      .where('agent', '=', agent)
      .$if(runId !== undefined, (query) => query.where('run_id', '=', runId ?? ''))
      .orderBy('closed_at', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row && storedRun(row).run;
  }

  async history(runId: string): Promise<Uint8Array | undefined> {
    const database = await this.#ready();
    const row = await database
      .selectFrom('runs')
      .select(['encoding', 'sha256', 'history'])
      .where('run_id', '=', runId)
      .executeTakeFirst();
    if (!row) return undefined;
    if (row.encoding !== 'zstd') throw this.#broken('was written by a newer version', undefined);
    const bytes = await decompress(row.history).catch((error: unknown) => {
      throw this.#broken(`is damaged: run ${runId} can't be unpacked`, error);
    });
    if (sha256(bytes) !== row.sha256)
      throw this.#broken(`is damaged: run ${runId} is not what was stored`, undefined);
    return bytes;
  }

  async known(runIds: readonly string[]): Promise<ReadonlySet<string>> {
    const database = await this.#ready();
    const found: string[] = [];
    for (const ids of slices(runIds)) {
      const rows = await database.selectFrom('runs').select('run_id').where('run_id', 'in', ids).execute();
      found.push(...rows.map(({ run_id }) => run_id));
    }
    return new Set(found);
  }

  async list(filter: ArchiveFilter): Promise<StoredRun[]> {
    const database = await this.#ready();
    const rows = await matching(database.selectFrom('runs').select(described), filter)
      .orderBy('started_at', 'desc')
      .orderBy('run_id', 'desc')
      .limit(filter.limit)
      .execute();
    return rows.map(storedRun);
  }

  async prunable({ namespace, endedBefore, keep }: PruneRule): Promise<StoredRun[]> {
    const database = await this.#ready();
    const closed = await database
      .selectFrom('runs')
      .select(['first_run_id', 'closed_at', 'status'])
      .where('namespace', '=', namespace)
      .orderBy('closed_at', 'desc')
      .execute();
    // An agent that was reset has ended more than once, and has done so when the last of its runs has; of one that has gone on since, that is none.
    const last = [...new Map(closed.toReversed().map((end) => [end.first_run_id, end])).values()]
      .filter(({ status }) => status !== 'continued')
      .toSorted((one, other) => (one.closed_at > other.closed_at ? -1 : 1));
    const chains = last
      .slice(keep ?? 0)
      .filter(({ closed_at: at }) => endedBefore === undefined || at < endedBefore)
      .map(({ first_run_id }) => first_run_id);
    const found: StoredRun[] = [];
    for (const ids of slices(chains)) {
      const rows = await database
        .selectFrom('runs')
        .select(described)
        .where('first_run_id', 'in', ids)
        .execute();
      found.push(...rows.map(storedRun));
    }
    return found;
  }

  async delete(runIds: readonly string[]): Promise<number> {
    const database = await this.#ready();
    let deleted = 0n;
    for (const ids of slices(runIds)) {
      const result = await database.deleteFrom('runs').where('run_id', 'in', ids).executeTakeFirstOrThrow();
      deleted += result.numDeletedRows;
    }
    return Number(deleted);
  }

  async close(): Promise<void> {
    await this.#database.destroy();
  }

  /** The tables are looked after once; what went wrong with that is tried again with the next question. */
  async #ready(): Promise<Kysely<ArchiveTables>> {
    this.#migrated ??= this.#migrate();
    try {
      await this.#migrated;
      return this.#database;
    } catch (error) {
      this.#migrated = undefined;
      throw error;
    }
  }

  async #migrate(): Promise<void> {
    const migrator = new Migrator({
      db: this.#database,
      provider: { getMigrations: () => Promise.resolve({ ...archiveMigrations }) },
    });
    const { error } = await migrator.migrateToLatest();
    if (error instanceof Error && /previously executed migration/.test(error.message))
      throw this.#broken('was written by a newer version', error);
    if (error !== undefined) throw error instanceof Error ? error : new Error(z.string().parse(error));
  }
}

function matching(
  query: SelectQueryBuilder<ArchiveTables, 'runs', Described>,
  filter: ArchiveFilter,
): SelectQueryBuilder<ArchiveTables, 'runs', Described> {
  const { namespace, statuses, definition, agent, idPrefixes = [], continued = false, after } = filter;
  return query
    .where('namespace', '=', namespace)
    .$if(!continued, (found) => found.where('status', '!=', 'continued'))
    .$if(statuses !== undefined, (found) => found.where('status', 'in', [...(statuses ?? [])]))
    .$if(definition !== undefined, (found) => found.where('definition', '=', definition ?? ''))
    .$if(agent !== undefined, (found) => found.where('agent', '=', agent ?? ''))
    .$if(idPrefixes.length > 0, (found) =>
      found.where((is) =>
        is.or(idPrefixes.map((prefix) => sql<boolean>`substr(agent, 1, length(${prefix})) = ${prefix}`)),
      ),
    )
    .$if(after !== undefined, (found) =>
      found.where((is) =>
        is.or([
          is('started_at', '<', after?.startedAt ?? ''),
          is.and([is('started_at', '=', after?.startedAt ?? ''), is('run_id', '<', after?.runId ?? '')]),
        ]),
      ),
    );
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
