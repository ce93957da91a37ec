import * as z from 'zod';
import { defineTool } from './define-tool.ts';
import { Folder, Offset, packagesTimeoutMs, pageOf } from './packages/input.ts';
import { cut } from './packages/installed.ts';
import { type LockedPackage, readLockFile } from './packages/lock-file.ts';
import { type Change, changesBetween, readRecord, recordOf } from './packages/record.ts';

/** As many as a model can make use of at once. */
const maxListed = 200;
/** A package in more versions than this is no easier to judge for seeing them all. */
const maxVersions = 10;

const Listed = z.object({
  name: z.string(),
  versions: z.array(z.string()),
  licences: z.array(z.string()),
  direct: z.boolean(),
  dev: z.boolean(),
  change: z.enum(['added', 'removed', 'changed']).optional(),
  before: z.array(z.string()).optional().describe('Versions of the record'),
  altered: z.array(z.string()).optional().describe('What is another one though the version is the same'),
});
type Listed = z.infer<typeof Listed>;

export const listPackages = defineTool({
  name: 'list_packages',
  description:
    'Lists the packages of package-lock.json in a folder. With "changedSince", a record that record_packages wrote, ' +
    'only what was added, removed or changed since then; if there is no such record yet, "first" is true and all are listed.',
  effect: 'pure',
  timeoutMs: packagesTimeoutMs,
  input: z.strictObject({
    folder: Folder,
    changedSince: z.string().optional().describe('Path of an earlier record'),
    limit: z.int().min(1).max(maxListed).default(50),
    offset: Offset,
  }),
  output: z.object({
    fingerprint: z.string().describe('The same for the same packages; record_packages takes it'),
    total: z.int().describe('All packages, by name and version'),
    first: z.boolean().describe('There is nothing to compare with'),
    listed: z.int().describe('All that this list has, of which this is a page'),
    packages: z.array(Listed),
    nextOffset: z.int().optional(),
  }),
  run: ({ folder, changedSince, limit, offset }, { workspace }) => {
    const locked = readLockFile(workspace, folder);
    const record = recordOf(locked);
    const before = changedSince === undefined ? undefined : readRecord(workspace, changedSince);
    const byName = Map.groupBy(locked, ({ name }) => name);
    const all =
      before === undefined
        ? [...byName].map(([name, places]) => listed(name, places))
        : changesBetween(before, record).map((change) => listedChange(change, byName.get(change.name) ?? []));
    const { page: packages, ...next } = pageOf(all, { offset, limit });
    const { fingerprint } = record;
    const total = record.packages.length;
    return Promise.resolve({
      ...{ fingerprint, total, first: before === undefined, listed: all.length, packages },
      ...next,
    });
  },
});

function listed(name: string, places: readonly LockedPackage[]): Listed {
  return {
    name: cut(name),
    versions: short(places.map(({ version }) => version)),
    licences: short(places.map(({ licence }) => licence)),
    direct: places.some(({ direct }) => direct),
    dev: places.length > 0 && places.every(({ dev }) => dev),
  };
}

function listedChange({ name, change, before, altered }: Change, places: readonly LockedPackage[]): Listed {
  const more = altered.length === 0 ? {} : { altered: [...altered] };
  return { ...listed(name, places), change, before: short(before), ...more };
}

function short(texts: readonly string[]): string[] {
  return [...new Set(texts)].slice(0, maxVersions).map(cut);
}
