import { createHash } from 'node:crypto';
import * as z from 'zod';
import { ToolError } from '../define-tool.ts';
import type { Workspace } from '../workspace.ts';
import { compare, jsonOf, type LockedPackage } from './lock-file.ts';

/** Enough of a hash to notice another one; a whole one for each package would make the record too large to be written. */
const integrityChars = 16;

const Kept = z.object({
  name: z.string(),
  version: z.string(),
  licence: z.string(),
  integrity: z.string(),
  installScript: z.boolean(),
});
/** What is remembered of a package to notice that it has changed. */
export type Kept = z.infer<typeof Kept>;

const PackageRecord = z.object({ fingerprint: z.string(), packages: z.array(Kept) });
export type PackageRecord = z.infer<typeof PackageRecord>;

/** What changed about a package, by its name: `before` and `now` are versions. */
export interface Change {
  readonly name: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly before: readonly string[];
  readonly now: readonly string[];
  /** What else is another one, though the version is the same. */
  readonly altered: readonly string[];
}

/** A record of all packages, once for each version; the same packages have the same fingerprint. */
export function recordOf(locked: readonly LockedPackage[]): PackageRecord {
  const kept = locked.map(({ name, version, licence, integrity, installScript }) => ({
    ...{ name, version, licence, installScript },
    integrity: integrity === '' ? '' : hash(integrity).slice(0, integrityChars),
  }));
  const texts = new Map(kept.map((each) => [JSON.stringify(each), each]));
  const packages = [...texts].sort(([one], [other]) => compare(one, other)).map(([, each]) => each);
  return { fingerprint: hash(JSON.stringify(packages)), packages };
}

/** One package a line, so that a person can compare two of them as well. */
export function recordText({ fingerprint, packages }: PackageRecord): string {
  const lines = packages.map((each) => `  ${JSON.stringify(each)}`);
  return `{ "fingerprint": ${JSON.stringify(fingerprint)}, "packages": [\n${lines.join(',\n')}\n] }\n`;
}

/** An earlier record; undefined if there is none yet. */
export function readRecord(workspace: Workspace, path: string): PackageRecord | undefined {
  const text = textOf(workspace, path);
  if (text === undefined) return undefined;
  const parsed = PackageRecord.safeParse(jsonOf(text, path));
  if (parsed.success) return parsed.data;
  throw new ToolError('Invalid', `${path} is no record of packages; remove it to begin anew`);
}

function textOf(workspace: Workspace, path: string): string | undefined {
  try {
    return workspace.readText(path).text;
  } catch (error) {
    if (error instanceof ToolError && error.type === 'NotFound') return undefined;
    throw error;
  }
}

/** What is another one than before, by name. */
export function changesBetween(before: PackageRecord, now: PackageRecord): Change[] {
  const [earlier, later] = [before, now].map(({ packages }) => Map.groupBy(packages, ({ name }) => name));
  const names = [...new Set([...(earlier?.keys() ?? []), ...(later?.keys() ?? [])])].sort(compare);
  return names.flatMap((name) => {
    const change = changeOf(name, earlier?.get(name) ?? [], later?.get(name) ?? []);
    return change === undefined ? [] : [change];
  });
}

function changeOf(name: string, before: readonly Kept[], now: readonly Kept[]): Change | undefined {
  const [was, is] = [before, now].map((all) => [...new Set(all.map(({ version }) => version))]);
  const altered = (['licence', 'integrity', 'installScript'] as const).filter((field) =>
    now.some((each) => {
      const same = before.filter(({ version }) => version === each.version);
      return same.length > 0 && same.every((earlier) => earlier[field] !== each[field]);
    }),
  );
  const versions = { before: was ?? [], now: is ?? [] };
  if (before.length === 0) return { name, change: 'added', ...versions, altered: [] };
  if (now.length === 0) return { name, change: 'removed', ...versions, altered: [] };
  if (altered.length === 0 && JSON.stringify(was) === JSON.stringify(is)) return undefined;
  return { name, change: 'changed', ...versions, altered };
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
