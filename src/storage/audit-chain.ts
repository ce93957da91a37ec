import { createHash } from 'node:crypto';
import * as z from 'zod';

/** Where a chain of lines stands: how many there are, and the hash of the last one. */
export const AuditHead = z.strictObject({
  count: z.int().nonnegative(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
});
export type AuditHead = z.infer<typeof AuditHead>;

/** What the first line names as the one before it. */
export const noLines: AuditHead = { count: 0, hash: '0'.repeat(64) };

/** The hash of a line stands at its end: everything before it, closed with a brace, is what it is made of. */
const TAIL = /,"hash":"([0-9a-f]{64})"\}$/;
const TAIL_BYTES = ',"hash":""}'.length + 64;

/** Entries as lines that follow on a head: each with its number and the hash of the line before. */
export function chained(entries: readonly object[], from: AuditHead): { text: string; head: AuditHead } {
  let { count, hash } = from;
  let text = '';
  for (const entry of entries) {
    count += 1;
    const body = JSON.stringify({ seq: count, prev: hash, ...entry });
    hash = sha256(body);
    text += `${body.slice(0, -1)},"hash":"${hash}"}\n`;
  }
  return { text, head: { count, hash } };
}

const Body = z.looseObject({ seq: z.int(), prev: z.string() });

export interface AuditLine {
  readonly seq: number;
  readonly prev: string;
  readonly hash: string;
  /** What was written, without what chains it. */
  readonly entry: Record<string, unknown>;
}

/** A line, without its line break; undefined if a single byte of it is not as it was written. */
export function readLine(line: Buffer): AuditLine | undefined {
  const hash = TAIL.exec(line.toString('latin1', line.length - TAIL_BYTES))?.[1];
  if (hash === undefined) return undefined;
  const body = Buffer.concat([line.subarray(0, line.length - TAIL_BYTES), Buffer.from('}')]);
  if (sha256(body) !== hash) return undefined;
  try {
    const { seq, prev, ...entry } = Body.parse(JSON.parse(body.toString('utf8')));
    return { seq, prev, hash, entry };
  } catch {
    return undefined;
  }
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
