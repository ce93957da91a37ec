import * as z from 'zod';
import { ToolError } from '../define-tool.ts';
import type { Workspace } from '../workspace.ts';
import { licenceIn } from './licence.ts';

/** A few times the largest repositories; what every tool here does is linear in it. */
const maxPackages = 10_000;
/** The longest name that npm's registry takes. */
export const maxNameChars = 214;
const maxVersionChars = 256;
const marker = 'node_modules/';

/** A package as the lock file has it; one for each place where it is installed. */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  /** Its folder below that of the lock file. */
  readonly path: string;
  /** The name of that folder, which is another one than the package's where it has an alias. */
  readonly installedAs: string;
  /** An SPDX expression, or whatever stands there; empty if nothing does. */
  readonly licence: string;
  readonly integrity: string;
  readonly resolved: string;
  readonly installScript: boolean;
  readonly dev: boolean;
  readonly optional: boolean;
  /** The repository itself asks for it, rather than another package. */
  readonly direct: boolean;
  /** Folder names of what it depends on. */
  readonly requires: readonly string[];
}

const Text = z.string().default('');
const Flag = z.boolean().default(false);
const Names = z
  .record(z.string(), z.unknown())
  .transform((record) => Object.keys(record))
  .default([]);

const Entry = z.object({
  name: z.string().max(maxNameChars).optional(),
  version: z.string().max(maxVersionChars).default(''),
  license: z.unknown().optional(),
  integrity: Text,
  resolved: z.union([z.string(), z.boolean()]).default('').transform(String),
  ...{ hasInstallScript: Flag, dev: Flag, devOptional: Flag, optional: Flag, link: Flag },
  ...{ dependencies: Names, devDependencies: Names, optionalDependencies: Names, peerDependencies: Names },
});
type Entry = z.infer<typeof Entry>;

const LockFile = z.object({ lockfileVersion: z.int(), packages: z.record(z.string(), z.unknown()) });

/** The packages of `package-lock.json` (versions 2 and 3) in a folder, by name and version. Throws a `ToolError` if there is none. */
export function readLockFile(workspace: Workspace, folder: string): LockedPackage[] {
  const path = below(folder, 'package-lock.json');
  const parsed = LockFile.safeParse(jsonOf(workspace.readText(path).text, path));
  if (!parsed.success || ![2, 3].includes(parsed.data.lockfileVersion)) {
    throw new ToolError('Invalid', `${path} is no lock file of version 2 or 3`);
  }
  const entries = Object.entries(parsed.data.packages);
  if (entries.length > maxPackages)
    throw new ToolError('Invalid', `${path} has more than ${maxPackages} packages`);
  const read = entries.map(([at, entry]) => ({ at, entry: entryOf(at, entry, path) }));
  // What is not below node_modules is the repository itself, or a workspace of it.
  const asked = new Set(read.flatMap(({ at, entry }) => (at.includes(marker) ? [] : requiredBy(entry))));
  return read
    .flatMap(({ at, entry }) => (at.includes(marker) && !entry.link ? [packageOf(at, entry, asked)] : []))
    .sort((one, other) => compare(one.name, other.name) || compare(one.version, other.version));
}

/** A path in a folder of the workspace, as a person would write it. */
export function below(folder: string, path: string): string {
  return folder === '.' ? path : `${folder}/${path}`;
}

/** Text by its code units, so that the order is the same on every machine. */
export function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

export function jsonOf(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ToolError('Invalid', `${path} is no JSON`);
  }
}

function entryOf(at: string, entry: unknown, path: string): Entry {
  const parsed = Entry.safeParse(entry);
  if (parsed.success) return parsed.data;
  throw new ToolError('Invalid', `${path}: the entry ${at.slice(0, maxNameChars)} can't be read`);
}

function requiredBy(entry: Entry): string[] {
  const { dependencies, devDependencies, optionalDependencies, peerDependencies } = entry;
  return [...dependencies, ...devDependencies, ...optionalDependencies, ...peerDependencies];
}

function packageOf(path: string, entry: Entry, asked: ReadonlySet<string>): LockedPackage {
  const { version, integrity, resolved, dev, devOptional, optional } = entry;
  const installedAs = path.slice(path.lastIndexOf(marker) + marker.length).slice(0, maxNameChars);
  const isTopmost = path.indexOf(marker) === path.lastIndexOf(marker);
  return {
    name: entry.name ?? installedAs,
    ...{ version, path, installedAs, integrity, resolved },
    licence: licenceIn(entry),
    installScript: entry.hasInstallScript,
    dev: dev || devOptional,
    optional: optional || devOptional,
    direct: isTopmost && asked.has(installedAs),
    requires: requiredBy(entry),
  };
}
