import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import { asLocked, lockWaitMs } from './patience.ts';

/** Makes the error that callers know for a file that can't be used now. */
export type MakeUnavailable = (message: string, cause: unknown) => Error;

export interface SqliteFileOptions {
  readonly file: string;
  /** What the file is, for messages to an operator: `the ledger /data/ledger.sqlite is locked …`. */
  readonly name: string;
  /** Raised with the schema; a file with a higher one is left alone. */
  readonly version: number;
  /** Statements that bring any older file, and an empty one, to this version. */
  readonly schema: string;
  readonly unavailable: MakeUnavailable;
}

/** A SQLite file that several processes share. It is opened at the first use, and tried anew after it failed. */
export interface SqliteFile {
  /**
   * Runs the work. What an operator can mend (a lock, a full disk, a damaged file) is thrown as `unavailable` makes it. A
   * lock is waited for, which stops the thread; whoever must not let that happen calls this within `patiently`.
   */
  readonly use: <Result>(work: (database: DatabaseSync) => Result) => Result;
  /** The same in a transaction that holds the write lock from its beginning, so that what it reads stays true. */
  readonly change: <Result>(work: (database: DatabaseSync) => Result) => Result;
  readonly close: () => void;
}

const isLockedText = 'is locked by another process; whoever runs that can end it';

/** SQLite's primary result codes that an operator can do something about. */
const problems = new Map([
  [5, isLockedText],
  [6, isLockedText],
  [8, 'is read-only'],
  [10, "can't be read or written (input/output error)"],
  [11, 'is damaged'],
  [13, "can't be written: the disk is full"],
  [14, "can't be opened"],
  [26, 'is damaged or is something else'],
]);

export function sqliteFile(options: SqliteFileOptions): SqliteFile {
  const { file, name, unavailable } = options;
  let opened: DatabaseSync | undefined;
  const close = (): void => {
    opened?.close();
    opened = undefined;
  };
  const use = <Result>(work: (database: DatabaseSync) => Result): Result => {
    try {
      opened ??= openDatabase(options);
      opened.exec(`PRAGMA busy_timeout = ${lockWaitMs()}`);
      return work(opened);
    } catch (error) {
      const problem = problemOf(error);
      if (problem === undefined) throw error;
      const failure = unavailable(`the ${name} ${file} ${problem}`, error);
      // There is nothing wrong with a file that is locked.
      if (problem === isLockedText) throw asLocked(failure);
      close();
      throw failure;
    }
  };
  return {
    use,
    change: (work) => use((database) => withinTransaction(database, () => work(database))),
    close,
  };
}

/** What SQLite, or the opening of its file, found wrong; undefined for an error that is none of the file's. */
function problemOf(error: unknown): string | undefined {
  if (error instanceof Unusable) return error.message;
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number')
    return undefined;
  return problems.get(error.errcode & 0xff) ?? `failed: ${error.message}`;
}

/** The message goes on after the name of the file. */
class Unusable extends Error {}

function openDatabase({ file, version, schema }: SqliteFileOptions): DatabaseSync {
  try {
    mkdirSync(dirname(file), { recursive: true });
  } catch (error) {
    throw new Unusable("is in a folder that can't be made", { cause: error });
  }
  const database = new DatabaseSync(file, { timeout: lockWaitMs() });
  try {
    const found = versionOf(database);
    if (found > version) throw new Unusable('was written by a newer version');
    // What was reported as done must survive a power cut, hence FULL.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    if (found < version)
      withinTransaction(database, () => {
        // Of two processes that find an old file the second one comes here after the first.
        if (versionOf(database) < version) database.exec(`${schema} PRAGMA user_version = ${version};`);
      });
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function versionOf(database: DatabaseSync): number {
  const row = database.prepare('PRAGMA user_version').get();
  return z.object({ user_version: z.int() }).parse(row).user_version;
}

function withinTransaction<Result>(database: DatabaseSync, work: () => Result): Result {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}
