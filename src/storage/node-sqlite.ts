import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import {
  type DatabaseConnection,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDialect,
  SqliteDriver,
} from 'kysely';
import { patiently } from './patience.ts';
import type { SqliteFile } from './sqlite-file.ts';

type Rows = Record<string, SQLOutputValue>[];

/**
 * Kysely over `node:sqlite`, through the interface that Kysely has for another SQLite library. Each statement goes through the
 * file, so that it is opened when it is first needed and whatever is wrong with it is told as for our other files.
 */
export class NodeSqliteDialect extends SqliteDialect {
  readonly #database: SqliteDatabase;

  constructor(file: SqliteFile) {
    const database: SqliteDatabase = {
      prepare: (sql) => statement(file, sql),
      close: () => {
        file.close();
      },
    };
    super({ database });
    this.#database = database;
  }

  override createDriver(): SqliteDriver {
    return new PatientDriver({ database: this.#database });
  }

  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter();
  }
}

/** A sweep of the archive goes on in a worker, which must not stand still while a statement waits for its lock. */
class PatientDriver extends SqliteDriver {
  override async acquireConnection(): Promise<DatabaseConnection> {
    const connection = await super.acquireConnection();
    return {
      executeQuery: (query) => patiently(() => connection.executeQuery(query)),
      streamQuery: (query, chunkSize) => connection.streamQuery(query, chunkSize),
    };
  }
}

/** Migrations run in a transaction, so that of two processes that find an old file the second one waits for the first. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

function statement(file: SqliteFile, sql: string) {
  // A transaction that reads first and then can't get the write lock would fail at once instead of waiting for it.
  const text = sql === 'begin' ? 'begin immediate' : sql;
  const run = <Result>(work: (prepared: StatementSync) => Result): Result =>
    file.use((database: DatabaseSync) => work(database.prepare(text)));
  return {
    reader: run((prepared) => prepared.columns().length > 0),
    // Values of the tables here are texts, numbers, bytes and null, which is what the driver takes.
    all: (parameters: readonly unknown[]): Rows =>
      run((prepared) => prepared.all(...(parameters as SQLInputValue[]))),
    run: (parameters: readonly unknown[]) =>
      run((prepared) => prepared.run(...(parameters as SQLInputValue[]))),
    iterate: (parameters: readonly unknown[]): IterableIterator<Rows[number]> =>
      run((prepared) => prepared.all(...(parameters as SQLInputValue[]))).values(),
  };
}
