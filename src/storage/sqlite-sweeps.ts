import type { Kysely, Selectable } from 'kysely';
import type { ArchiveTables } from './archive-tables.ts';
import { slices } from './slices.ts';
import type { SweepMark, SweepRecord, Trouble } from './sweeps.ts';

/** Nobody reads more; where there are so many, the first ones say what is wrong. */
const MAX_TROUBLES = 1_000;

/** In the tables beside the runs of an archive. */
export class SqliteSweeps implements SweepRecord {
  readonly #ready: () => Promise<Kysely<ArchiveTables>>;

  constructor(ready: () => Promise<Kysely<ArchiveTables>>) {
    this.#ready = ready;
  }

  async mark(namespace: string, taskQueue: string): Promise<SweepMark | undefined> {
    const database = await this.#ready();
    const row = await database
      .selectFrom('sweeps')
      .select(['swept_to', 'at'])
      .where('namespace', '=', namespace)
      .where('task_queue', '=', taskQueue)
      .executeTakeFirst();
    return row && { sweptTo: row.swept_to, at: row.at };
  }

  async advance(
    namespace: string,
    taskQueue: string,
    { sweptTo, at }: SweepMark,
    until: string,
  ): Promise<void> {
    const database = await this.#ready();
    await database
      .insertInto('sweeps')
      .values({ namespace, task_queue: taskQueue, swept_to: sweptTo, at })
      .onConflict((conflict) =>
        conflict
          .columns(['namespace', 'task_queue'])
          .doUpdateSet({ swept_to: sweptTo, at })
          .where((mark) =>
            mark.or([mark('sweeps.swept_to', '<=', sweptTo), mark('sweeps.swept_to', '>', until)]),
          ),
      )
      .execute();
  }

  async troubles(namespace: string): Promise<Trouble[]> {
    const database = await this.#ready();
    const rows = await database
      .selectFrom('troubles')
      .selectAll()
      .where('namespace', '=', namespace)
      .orderBy('since')
      .limit(MAX_TROUBLES)
      .execute();
    return rows.map(troubleOf);
  }

  async due(namespace: string, now: string, limit: number): Promise<Trouble[]> {
    const database = await this.#ready();
    const rows = await database
      .selectFrom('troubles')
      .selectAll()
      .where('namespace', '=', namespace)
      .where('next_at', '<=', now)
      .orderBy('next_at')
      .limit(limit)
      .execute();
    return rows.map(troubleOf);
  }

  async noted(runIds: readonly string[]): Promise<ReadonlySet<string>> {
    const database = await this.#ready();
    const found: string[] = [];
    for (const ids of slices(runIds)) {
      const rows = await database
        .selectFrom('troubles')
        .select('run_id')
        .where('run_id', 'in', ids)
        .execute();
      found.push(...rows.map(({ run_id }) => run_id));
    }
    return new Set(found);
  }

  async note(namespace: string, trouble: Trouble): Promise<void> {
    const { agent, runId, historyBytes, since, attempts, nextAt, reason } = trouble;
    const database = await this.#ready();
    const known = { attempts, next_at: nextAt ?? null, reason };
    await database
      .insertInto('troubles')
      .values({ run_id: runId, namespace, agent, history_bytes: historyBytes, since, ...known })
      .onConflict((conflict) => conflict.column('run_id').doUpdateSet(known))
      .execute();
  }

  async settle(runId: string): Promise<void> {
    const database = await this.#ready();
    await database.deleteFrom('troubles').where('run_id', '=', runId).execute();
  }
}

function troubleOf(row: Selectable<ArchiveTables['troubles']>): Trouble {
  const { agent, run_id: runId, history_bytes: historyBytes, since, attempts, next_at: nextAt, reason } = row;
  return {
    ...{ agent, runId, historyBytes, since, attempts, reason },
    ...(nextAt === null ? {} : { nextAt }),
  };
}
