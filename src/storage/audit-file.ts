import { createHash } from 'node:crypto';
import { access, constants, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as z from 'zod';
import { AuditHead, type AuditLine, chained, noLines } from './audit-chain.ts';
import type { AuditProblem } from './audit-check.ts';
import { type AuditPart, AuditReader } from './audit-reader.ts';
import { unlessMissing } from './unless-missing.ts';

/** The folder's name in PERDURE_DATA_DIR. */
export const auditFolder = 'audit';

/** Whose audit a file is, and how it is written; kept apart from the file, with how far it goes. */
export const AuditFileHead = AuditHead.extend({
  version: z.literal(1),
  agent: z.string(),
  /** The agent's first run: an id that is used again is another agent's. */
  firstRunId: z.string(),
  /** Whether it holds values, or only their hashes. */
  values: z.boolean(),
});
export type AuditFileHead = z.infer<typeof AuditFileHead>;
export type AuditOwner = Omit<AuditFileHead, 'count' | 'hash' | 'version'>;

/** What is to be in the file of a run, in order; whatever of it is there already stays as it is. */
export interface RunLines {
  readonly runId: string;
  readonly entries: readonly (object & { readonly run: string })[];
}

/** A file that does not go on as the agent's history does: somebody changed it, or it is another agent's. Nothing was written. */
export class AuditBroken extends Error {
  override readonly name = 'AuditBroken';
}

/** What file systems say of one file that can't be used. */
const codesOfFile: ReadonlySet<unknown> = new Set(['EACCES', 'EISDIR', 'ELOOP', 'EPERM']);

/** The name of a record while it is written, or since a write was interrupted. */
export const temporaryHead = /^\..+\.head\.json\.\d+-\d+$/;

/** Of a UUID of version 7, which begins with the time. */
const RANDOM_END = 12;
const TIME_START = 8;
/** File systems take 255 bytes; what is cut off is told apart by a hash. */
const MAX_NAME_CHARS = 120;

type Chain = Pick<AuditOwner, 'agent' | 'firstRunId'>;

/** Where a folder has the audit of an agent, or is to have it. Fails `AuditBroken`. */
export async function auditFileOf(folder: string, chain: Chain): Promise<string> {
  const file = auditFileIn(folder, chain);
  return (await readHead(file)) ? file : ((await earlierFileOf(folder, chain)) ?? file);
}

/** The name that a new audit gets. */
export function auditFileIn(folder: string, { agent, firstRunId }: Chain): string {
  // Of a run's id only the end is chance: those of runs that began within the same minute begin alike.
  return join(folder, `${nameOf(agent)}.${firstRunId.slice(-RANDOM_END)}.jsonl`);
}

/** Audits were named by the beginning of the run's id once; those that were begun then go on under that name. */
async function earlierFileOf(folder: string, { agent, firstRunId }: Chain): Promise<string | undefined> {
  const file = join(folder, `${nameOf(agent)}.${firstRunId.slice(0, TIME_START)}.jsonl`);
  const head = await readHead(file);
  return head?.agent === agent && head.firstRunId === firstRunId ? file : undefined;
}

/** What is wrong with the audit of this agent alone; undefined where it is the folder, the disk or something else that others need as well. */
export async function auditTrouble(
  folder: string,
  agent: string,
  error: unknown,
): Promise<Error | undefined> {
  if (!(error instanceof Error && 'code' in error && codesOfFile.has(error.code))) return undefined;
  try {
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    return undefined;
  }
  return new Error(`the audit of ${agent} in ${folder} can't be written: ${error.message}`, { cause: error });
}

function nameOf(agent: string): string {
  // No separators, no dot at the beginning, and the same on file systems that know no capital letters.
  const plain = agent
    .replace(/[^a-z0-9_-]/g, (character) => (character === '.' ? '.' : '_'))
    .replace(/^\./, '_');
  const isExact = plain === agent && agent.length <= MAX_NAME_CHARS;
  const hash = createHash('sha256').update(agent).digest('hex').slice(0, 8);
  return isExact ? agent : `${plain.slice(0, MAX_NAME_CHARS)}~${hash}`;
}

export function headFileOf(file: string): string {
  return `${file.replace(/\.jsonl$/, '')}.head.json`;
}

/** Undefined if there is none. Fails `AuditBroken` if it is there and can't be read. */
export async function readHead(file: string): Promise<AuditFileHead | undefined> {
  const text = await unlessMissing(readFile(headFileOf(file), 'utf8'));
  if (text === undefined) return undefined;
  try {
    return AuditFileHead.parse(JSON.parse(text));
  } catch {
    throw new AuditBroken(`${headFileOf(file)} is not the record of an audit's end`);
  }
}

/** The first line that is not of the agent whose audit it is by the record of its end; undefined if all are. */
export function ownerProblem(
  lines: readonly AuditLine[],
  { agent, firstRunId }: AuditFileHead,
): AuditProblem | undefined {
  const other = lines.find(({ entry }) => entry['agent'] !== agent);
  if (other) return { line: other.seq, problem: `is not of ${agent}, whose end is recorded beside the file` };
  const [first] = lines;
  // Of an agent whose first runs are forgotten the lines begin with a later one.
  if (first?.entry['what'] !== 'agent.started' || first.entry['run'] === firstRunId) return undefined;
  return {
    line: first.seq,
    problem: `is not the beginning of run ${firstRunId}, which is recorded beside the file`,
  };
}

/**
 * Adds what a file lacks of these runs, and gives how many lines that were. What was written before must be the beginning of
 * what each run should have, also what an interrupted export left behind; otherwise it fails `AuditBroken`, and nothing changes.
 * Two that extend a file at once by the same history write the same bytes to the same places.
 */
export async function extendAudit(
  file: string,
  owner: AuditOwner,
  runs: readonly RunLines[],
  reader = new AuditReader(),
): Promise<{ added: number; head: AuditFileHead }> {
  const recorded = await readHead(file);
  const ids = runs.map(({ runId }) => runId);
  const there = await reader.read(file, recorded, ids);
  const reason = misfitOf(there, owner, recorded, runs);
  if (reason !== undefined)
    throw new AuditBroken(`${file} does not go on as the history of ${owner.agent}: ${reason}`);
  const missing = runs.flatMap(({ runId, entries }) => entries.slice(linesOf(there, runId).length));
  const { text, head } = chained(missing, there.head);
  const { torn, bytes } = there;
  const added = Buffer.from(text);
  if (!added.subarray(0, torn.length).equals(torn))
    throw new AuditBroken(`${file} ends in the middle of a line that is none of ${owner.agent}`);
  await mkdir(dirname(file), { recursive: true });
  if (added.length > 0) await writeAt(file, added, bytes - torn.length);
  const next: AuditFileHead = { version: 1, ...owner, ...head };
  if (recorded?.hash !== next.hash) await writeHead(file, next);
  return { added: missing.length, head: next };
}

function linesOf({ lines }: AuditPart, runId: string): AuditLine[] {
  return lines.filter(({ entry }) => entry['run'] === runId);
}

function misfitOf(
  there: AuditPart,
  owner: AuditOwner,
  recorded: AuditFileHead | undefined,
  runs: readonly RunLines[],
): string | undefined {
  const [problem] = there.problems;
  if (problem) return `line ${problem.line} ${problem.problem}`;
  if (recorded && (recorded.agent !== owner.agent || recorded.firstRunId !== owner.firstRunId))
    return `it is the audit of ${recorded.agent}, which began with run ${recorded.firstRunId}`;
  if (recorded && recorded.values !== owner.values)
    return `it holds ${recorded.values ? 'values' : 'hashes'}, and was to hold ${owner.values ? 'values' : 'hashes'}`;
  const { count, hash } = recorded ?? noLines;
  const { from, lines } = there;
  const known = count - from.count;
  if (lines.length < known) return `it has ${from.count + lines.length} lines of ${count}`;
  if ((known > 0 ? lines[known - 1] : from)?.hash !== hash)
    return `line ${count} is not the one that was recorded`;
  // What is behind the recorded end can only be what an interrupted export of these runs has left.
  const ours = new Set(runs.map(({ runId }) => runId));
  const stranger = lines.slice(known).find(({ entry }) => !ours.has(String(entry['run'])));
  if (stranger) return `line ${stranger.seq} is behind the recorded end, and of no run of the agent`;
  for (const { runId, entries } of runs)
    for (const [index, line] of linesOf(there, runId).entries())
      if (JSON.stringify(line.entry) !== JSON.stringify(entries[index]))
        return `line ${line.seq} is not what the history of run ${runId} says`;
  return undefined;
}

async function writeAt(file: string, bytes: Buffer, position: number): Promise<void> {
  await using handle = await open(file, 'a').then(async (made) => {
    await made.close();
    return open(file, 'r+');
  });
  // A disk that is nearly full takes a part first and says so only when it is given the rest.
  let written = 0;
  while (written < bytes.length)
    written += (await handle.write(bytes, written, bytes.length - written, position + written)).bytesWritten;
  await handle.sync();
}

/** Written whole beside its place first. Another export that is further keeps its own. */
async function writeHead(file: string, head: AuditFileHead): Promise<void> {
  const now = await readHead(file);
  if (now && now.count > head.count) return;
  const place = headFileOf(file);
  const draft = join(dirname(place), `.${basename(place)}.${process.pid}-${head.count}`);
  try {
    await writeFile(draft, `${JSON.stringify(head)}\n`, { flush: true });
    await rename(draft, place);
  } finally {
    await rm(draft, { force: true });
  }
}
