import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const Line = z.object({
  tool: z.string(),
  key: z.string(),
  what: z.enum(['begins', 'is refused', 'acts']),
  pid: z.int(),
});
export type JournalLine = z.infer<typeof Line>;

/** What the probes of `probe-tools` did, in order. */
export function journalIn(folder: string): JournalLine[] {
  const file = join(folder, 'journal');
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => Line.parse(JSON.parse(line)));
}
