import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * The tables of the archive, step by step; a step that was released is never changed. Column types are those of SQLite: on
 * PostgreSQL `blob` is `bytea`.
 */
export const archiveMigrations: Readonly<Record<string, Migration>> = {
  '2026-11-26-runs': {
    up: async (database: Kysely<never>) => {
      await database.schema
        .createTable('runs')
        .addColumn('run_id', 'text', (column) => column.primaryKey())
        .addColumn('namespace', 'text', (column) => column.notNull())
        .addColumn('agent', 'text', (column) => column.notNull())
        .addColumn('first_run_id', 'text', (column) => column.notNull())
        .addColumn('previous_run_id', 'text')
        .addColumn('definition', 'text')
        .addColumn('status', 'text', (column) => column.notNull())
        .addColumn('started_at', 'text', (column) => column.notNull())
        .addColumn('closed_at', 'text', (column) => column.notNull())
        .addColumn('turn', 'integer')
        .addColumn('events', 'integer', (column) => column.notNull())
        .addColumn('encoding', 'text', (column) => column.notNull())
        .addColumn('bytes', 'integer', (column) => column.notNull())
        .addColumn('stored_bytes', 'integer', (column) => column.notNull())
        .addColumn('sha256', 'text', (column) => column.notNull())
        // Last, so that a list of runs reads nothing of it.
        .addColumn('history', 'blob', (column) => column.notNull())
        .execute();
      await database.schema
        .createIndex('runs_by_agent')
        .on('runs')
        .columns(['namespace', 'agent', 'closed_at'])
        .execute();
      await database.schema
        .createIndex('runs_by_start')
        .on('runs')
        .columns(['namespace', 'started_at', 'run_id'])
        .execute();
      await database.schema.createIndex('runs_by_chain').on('runs').columns(['first_run_id']).execute();
    },
  },
  '2026-11-26-sweeps': {
    up: async (database: Kysely<never>) => {
      await database.schema
        .createTable('sweeps')
        .addColumn('namespace', 'text', (column) => column.notNull())
        .addColumn('task_queue', 'text', (column) => column.notNull())
        .addColumn('swept_to', 'text', (column) => column.notNull())
        .addColumn('at', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('sweeps_by_queue', ['namespace', 'task_queue'])
        .execute();
      await database.schema
        .createTable('troubles')
        .addColumn('run_id', 'text', (column) => column.primaryKey())
        .addColumn('namespace', 'text', (column) => column.notNull())
        .addColumn('agent', 'text', (column) => column.notNull())
        .addColumn('history_bytes', 'integer', (column) => column.notNull())
        .addColumn('since', 'text', (column) => column.notNull())
        .addColumn('attempts', 'integer', (column) => column.notNull())
        .addColumn('next_at', 'text')
        .addColumn('reason', 'text', (column) => column.notNull())
        .execute();
    },
  },
};
