import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { type AuditHead, type AuditLine, noLines, readLine } from './audit-chain.ts';
import { type CheckedAudit, checkLines, split } from './audit-check.ts';
import { unlessMissing } from './unless-missing.ts';

/** A file's lines, or those behind where it was read to before. */
export interface AuditPart extends Pick<CheckedAudit, 'lines' | 'head' | 'torn' | 'problems'> {
  /** The end of what was left out. */
  readonly from: AuditHead;
  /** The length of the whole file. */
  readonly bytes: number;
}

/** Each with the runs of a life, some thousands at the most. */
const MAX_FILES = 200;

interface Known {
  readonly head: AuditHead;
  /** Where the last line begins and ends. */
  readonly last: number;
  readonly end: number;
  /** Runs that have lines, and whether they have all. */
  readonly runs: ReadonlyMap<string, boolean>;
}

/**
 * Reads audits, each of them whole but once: of what was read before, only the last line is looked at again. It is bound to all before it, so
 * that nothing can follow on another one.
 */
export class AuditReader {
  /** In the order of their last use. */
  readonly #files = new Map<string, Known>();

  /** Runs that a file has lines of, and whether it has all lines of a run that has closed; none if there is no file. */
  async runs(file: string): Promise<ReadonlyMap<string, boolean>> {
    const known = this.#files.get(file);
    this.#files.delete(file);
    const part = (known && (await readBehind(file, known))) ?? (await readWhole(file));
    const runs = new Map(part.from.count > 0 ? known?.runs : []);
    for (const { entry } of part.lines) runs.set(String(entry['run']), entry['what'] === 'run.closed');
    if (part.problems.length === 0 && part.head.count > 0) this.#keep(file, { ...part, runs });
    return runs;
  }

  /** What has to be looked at before these runs are added to what is recorded. */
  async read(file: string, recorded: AuditHead | undefined, runIds: readonly string[]): Promise<AuditPart> {
    const known = this.#files.get(file);
    const isBehind =
      known && recorded && recorded.count >= known.head.count && !runIds.some((id) => known.runs.has(id));
    return (isBehind ? await readBehind(file, known) : undefined) ?? readWhole(file);
  }

  #keep(file: string, { head, last, end, runs }: Known): void {
    this.#files.set(file, { head, last, end, runs });
    const [oldest] = this.#files.keys();
    if (this.#files.size > MAX_FILES && oldest !== undefined) this.#files.delete(oldest);
  }
}

type Placed = AuditPart & Pick<Known, 'last' | 'end'>;

async function readWhole(file: string): Promise<Placed> {
  const bytes = (await unlessMissing(readFile(file))) ?? Buffer.alloc(0);
  return placed(bytes, 0, { ...checkLines(bytes), from: noLines });
}

/** Undefined if the file does not go on as it was: whoever reads it whole finds out what was done to it. */
async function readBehind(file: string, { head: from, last: start }: Known): Promise<Placed | undefined> {
  const bytes = (await unlessMissing(buffer(createReadStream(file, { start })))) ?? Buffer.alloc(0);
  const { whole, torn } = split(bytes);
  const [last, ...more] = whole;
  if (!last || readLine(last)?.hash !== from.hash) return undefined;
  const lines: AuditLine[] = [];
  let head = from;
  for (const one of more) {
    const line = readLine(one);
    if (line?.seq !== head.count + 1 || line.prev !== head.hash) return undefined;
    lines.push(line);
    head = { count: line.seq, hash: line.hash };
  }
  return placed(bytes, start, { from, lines, head, torn, problems: [] });
}

function placed(bytes: Buffer, start: number, part: Omit<AuditPart, 'bytes'>): Placed {
  const end = bytes.length - part.torn.length;
  const last = end < 2 ? 0 : bytes.lastIndexOf(0x0a, end - 2) + 1;
  return { ...part, bytes: start + bytes.length, last: start + last, end: start + end };
}
