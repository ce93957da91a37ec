import { mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import * as z from 'zod';

/** An activity attempt as the server knows it: the token names this very attempt, so no later one can be meant by it. */
const Attempt = z.object({
  token: z.custom<Uint8Array>((token) => token instanceof Uint8Array),
  agent: z.string(),
  run: z.string(),
});
export type Attempt = z.output<typeof Attempt>;

/** A local step that was running: its name, and how many workers had died in it before. */
const LocalStep = z.object({ name: z.string(), deaths: z.int() });
export type LocalStep = z.output<typeof LocalStep>;

/**
 * The lock is held from here until the process is gone, however it ends: the kernel gives it back. Nothing is flushed to
 * the disk, because the file must outlive the process, not the machine.
 */
const schema = `
  PRAGMA page_size = 1024;
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = OFF;
  CREATE TABLE IF NOT EXISTS server (name TEXT PRIMARY KEY) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS attempts (token BLOB PRIMARY KEY, agent TEXT NOT NULL, run TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS local_steps (name TEXT PRIMARY KEY, deaths INTEGER NOT NULL) WITHOUT ROWID;
`;

/**
 * The activity attempts and local steps that a process is running, in a file that outlives it. Whoever opens the file holds its lock, so
 * one that can be opened belongs to nobody who lives: not to a process that is slow or suspended, nor to one of another
 * container that has the same process id.
 */
export class AttemptRecord {
  readonly file: string;
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #delete: StatementSync;
  readonly #insertLocal: StatementSync;
  readonly #deleteLocal: StatementSync;

  /** Throws when a living process has it, or when the folder can't be written. */
  constructor(file: string) {
    this.file = file;
    mkdirSync(dirname(file), { recursive: true });
    this.#database = new DatabaseSync(file, { timeout: 0 });
    try {
      this.#database.exec(schema);
      this.#insert = this.#database.prepare('INSERT OR IGNORE INTO attempts VALUES (?, ?, ?)');
      this.#delete = this.#database.prepare('DELETE FROM attempts WHERE token = ?');
      this.#insertLocal = this.#database.prepare('INSERT OR REPLACE INTO local_steps VALUES (?, ?)');
      this.#deleteLocal = this.#database.prepare('DELETE FROM local_steps WHERE name = ?');
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  /** The server that the tokens are for. */
  set server(name: string) {
    this.#database.prepare('INSERT OR IGNORE INTO server VALUES (?)').run(name);
  }

  isFor(server: string): boolean {
    return this.#database.prepare('SELECT 1 FROM server WHERE name = ?').get(server) !== undefined;
  }

  begin({ token, agent, run }: Attempt): void {
    this.#insert.run(token, agent, run);
  }

  end(token: Uint8Array): void {
    this.#delete.run(token);
  }

  beginLocal({ name, deaths }: LocalStep): void {
    this.#insertLocal.run(name, deaths);
  }

  endLocal(name: string): void {
    this.#deleteLocal.run(name);
  }

  localSteps(): LocalStep[] {
    return z.array(LocalStep).parse(this.#database.prepare('SELECT name, deaths FROM local_steps').all());
  }

  attempts(): Attempt[] {
    return z.array(Attempt).parse(this.#database.prepare('SELECT token, agent, run FROM attempts').all());
  }

  /** Leaves it to whoever looks next. */
  close(): void {
    this.#database.close();
  }

  /** There is nothing left to be taken over. */
  remove(): void {
    this.#database.close();
    rmSync(this.file, { force: true });
  }
}
