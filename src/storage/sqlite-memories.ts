import { createHash } from 'node:crypto';
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import * as z from 'zod';
import {
  maxMemoriesPerDefinition,
  Memory,
  type MemoryFilter,
  type MemoryStore,
  type NewMemory,
  type Recollection,
} from './memories.ts';
import { asLocked, isLocked, patiently } from './patience.ts';
import { ftsQuery } from './search-terms.ts';
import { type MakeUnavailable, sqliteFile } from './sqlite-file.ts';

/** The file's name in PERDURE_DATA_DIR. */
export const memoryFileName = 'memory.sqlite';

/** The words are indexed by a table of FTS5 that has no text of its own; triggers keep it in step. */
const schema = `
  CREATE TABLE IF NOT EXISTS memories (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    key TEXT NOT NULL UNIQUE,
    text TEXT NOT NULL,
    label TEXT,
    scope TEXT NOT NULL CHECK (scope IN ('agent', 'definition')),
    definition TEXT NOT NULL,
    agent TEXT NOT NULL,
    first_run TEXT NOT NULL,
    turn INTEGER NOT NULL,
    at TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS memories_by_definition ON memories (definition, scope);
  CREATE INDEX IF NOT EXISTS memories_by_run ON memories (first_run);
  CREATE INDEX IF NOT EXISTS memories_by_agent ON memories (agent);
  CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (
    text, content = 'memories', content_rowid = 'number', tokenize = 'unicode61 remove_diacritics 2'
  );
  CREATE TRIGGER IF NOT EXISTS memory_kept AFTER INSERT ON memories BEGIN
    INSERT INTO words (rowid, text) VALUES (new.number, new.text);
  END;
  CREATE TRIGGER IF NOT EXISTS memory_deleted AFTER DELETE ON memories BEGIN
    INSERT INTO words (words, rowid, text) VALUES ('delete', old.number, old.text);
  END;
`;

const columns = `memories.id, memories.text, memories.label, memories.scope, memories.definition, memories.agent,
  memories.first_run AS firstRun, memories.turn, memories.at`;

const Row = Memory.extend({ label: z.string().nullable() }).transform(({ label, ...memory }): Memory => {
  return label === null ? memory : { ...memory, label };
});

const Owner = z.object({ agent: z.string(), firstRun: z.string(), memories: z.int() });

interface Condition {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
}

function find(
  database: DatabaseSync,
  conditions: readonly Condition[],
  search: string,
  limit: number,
): Memory[] {
  const query = ftsQuery(search);
  const all = query === undefined ? conditions : [{ sql: 'words MATCH ?', values: [query] }, ...conditions];
  const from = query === undefined ? 'memories' : 'words JOIN memories ON memories.number = words.rowid';
  const where = all.length === 0 ? '' : `WHERE ${all.map(({ sql }) => `(${sql})`).join(' AND ')}`;
  const order = `${query === undefined ? '' : 'bm25(words), '}memories.number DESC`;
  const rows = database
    .prepare(`SELECT ${columns} FROM ${from} ${where} ORDER BY ${order} LIMIT ?`)
    .all(...all.flatMap(({ values }) => values), limit);
  return z.array(Row).parse(rows);
}

function equals(column: string, value: string | undefined): Condition[] {
  return value === undefined ? [] : [{ sql: `memories.${column} = ?`, values: [value] }];
}

/** What was shared is recalled by agents that share, so a definition that stops sharing leaves its new agents alone. */
function reachable({ firstRun, scope, definition }: Recollection): Condition {
  const own: Condition = { sql: 'memories.first_run = ?', values: [firstRun] };
  if (scope === 'agent') return own;
  return {
    sql: `${own.sql} OR (memories.scope = 'definition' AND memories.definition = ?)`,
    values: [firstRun, definition],
  };
}

function byKey(database: DatabaseSync, key: string): Memory | undefined {
  return Row.optional().parse(database.prepare(`SELECT ${columns} FROM memories WHERE key = ?`).get(key));
}

function keepWithin(database: DatabaseSync, memory: NewMemory): Memory | undefined {
  const { key, text, label, scope, definition, agent, firstRun, turn, now } = memory;
  const earlier = byKey(database, key);
  if (earlier !== undefined) return earlier;
  const row = database.prepare('SELECT count(*) AS kept FROM memories WHERE definition = ?').get(definition);
  if (z.object({ kept: z.int() }).parse(row).kept >= maxMemoriesPerDefinition) return undefined;
  // From the key, so that it is the same however often the call was tried.
  const id = `mem-${createHash('sha256').update(key).digest('hex').slice(0, 16)}`;
  database
    .prepare(
      `INSERT INTO memories (id, key, text, label, scope, definition, agent, first_run, turn, at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      ...([id, key, text, label ?? null, scope, definition, agent, firstRun, turn] as const),
      now.toISOString(),
    );
  return byKey(database, key);
}

/** What is deleted is to be gone from the disk as well, which by default keeps it until something else needs the room. */
const leaveNothing = `PRAGMA secure_delete = ON; INSERT INTO words (words, rank) VALUES ('secure-delete', 1);`;

/** Whether what is written is in the file alone, which it can't be while somebody reads. */
function emptiesLog(database: DatabaseSync): boolean {
  const row = database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();
  return z.object({ busy: z.int() }).parse(row).busy === 0;
}

/** Opens the memories kept in a SQLite file, which is made at the first use if it is missing. */
export function openMemories(file: string, unavailable: MakeUnavailable): MemoryStore {
  const { use, change, close } = sqliteFile({ file, name: 'memory', version: 1, schema, unavailable });
  const erase = async <Result>(remove: (database: DatabaseSync) => Result): Promise<Result> => {
    await patiently(() => {
      use((database) => {
        database.exec(leaveNothing);
      });
    });
    const removed = await patiently(() => change(remove));
    try {
      await patiently(() => {
        if (!use(emptiesLog)) throw asLocked(new Error('somebody is reading'));
      });
    } catch (error) {
      // What is gone from the table is then gone from the log at the next time.
      if (!isLocked(error)) throw error;
    }
    return removed;
  };
  return {
    keep: (memory) => patiently(() => change((database) => keepWithin(database, memory))),
    recall: (recollection) => {
      const { label, query, limit } = recollection;
      const conditions = [reachable(recollection), ...equals('label', label)];
      return patiently(() => use((database) => find(database, conditions, query, limit)));
    },
    list: ({ definition, agent, label, search = '', limit }: MemoryFilter) => {
      const conditions = [
        ...equals('definition', definition),
        ...equals('agent', agent),
        ...equals('label', label),
      ];
      return patiently(() => use((database) => find(database, conditions, search, limit)));
    },
    delete: (ids) => {
      const remove = (database: DatabaseSync): string[] => {
        const statement = database.prepare('DELETE FROM memories WHERE id = ?');
        return ids.filter((id) => statement.run(id).changes > 0);
      };
      return erase(remove);
    },
    owners: () => {
      const query = `SELECT agent, first_run AS firstRun, count(*) AS memories FROM memories
        WHERE scope = 'agent' GROUP BY agent, first_run ORDER BY min(number)`;
      return patiently(() => use((database) => z.array(Owner).parse(database.prepare(query).all())));
    },
    forget: (firstRuns) => {
      const remove = (database: DatabaseSync): number => {
        const statement = database.prepare("DELETE FROM memories WHERE scope = 'agent' AND first_run = ?");
        return firstRuns.reduce((sum, firstRun) => sum + Number(statement.run(firstRun).changes), 0);
      };
      return erase(remove);
    },
    close,
  };
}
