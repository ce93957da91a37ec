import { appendFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { RunContext } from '../../../../src/tools/define-tool.ts';
import type { ToolKit } from '../../../../src/tools/kit.ts';
import { journalIn } from '../../journal.ts';

const pollMs = 20;
/** Long enough that a test sees it and pauses the agent before it is over. */
const limitedMs = 10_000;
const folder = process.env['PROBE_FOLDER'] ?? '';

export function input(z: ToolKit['z']) {
  return z.strictObject({
    /** How the tool behaves before its effect, except `breaks`, which is after it. */
    how: z.enum(['works', 'waits', 'hangs-at-first', 'limited-at-first', 'unavailable', 'breaks']),
    what: z.string().optional(),
  });
}

export function output(z: ToolKit['z']) {
  return z.object({ key: z.string() });
}

/** A tool with an effect that is counted: each attempt writes what it does into a journal. */
export async function probe(
  tool: string,
  how: string,
  { ToolUnavailable, RateLimited }: ToolKit,
  { key, signal, confirmLease }: RunContext,
): Promise<{ key: string }> {
  const write = (what: string): void => {
    appendFileSync(join(folder, 'journal'), `${JSON.stringify({ tool, key, what, pid: process.pid })}\n`);
  };
  const isFirst = !journalIn(folder).some((line) => line.key === key);
  write('begins');
  if (how === 'unavailable') throw new ToolUnavailable('the vault is locked by the night watch');
  if (how === 'limited-at-first' && isFirst) throw new RateLimited(limitedMs, 'two a second');
  if (how === 'hangs-at-first' && isFirst) await pause(600_000, undefined, { signal });
  // Not to be woken by its signal: a process that was suspended hears nothing either.
  while (how === 'waits' && !existsSync(join(folder, 'go'))) await pause(pollMs);
  try {
    await confirmLease();
  } catch (error) {
    write('is refused');
    throw error;
  }
  write('acts');
  if (how === 'breaks') throw new Error('a cog came loose');
  return { key };
}

export function hasActed(key: string): boolean {
  return journalIn(folder).some((line) => line.key === key && line.what === 'acts');
}
