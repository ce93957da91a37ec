import * as z from 'zod';
import { ToolError } from '../define-tool.ts';
import type { Workspace } from '../workspace.ts';
import { licenceIn } from './licence.ts';
import { below, jsonOf, type LockedPackage } from './lock-file.ts';

/** Many times the largest that is published; it is parsed as a whole. */
const maxManifestBytes = 1024 * 1024;
const maxTextChars = 500;

/** What npm runs by itself when the package is installed; `prepare` only for what comes from a repository. */
const installHooks = ['preinstall', 'install', 'postinstall'] as const;

const Text = z.string().optional().catch(undefined);
const Person = z.union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)]);
const People = z.array(Person).catch([]);
const Manifest = z.object({
  ...{ name: Text, version: Text, description: Text, homepage: Text },
  ...{ license: z.unknown().optional(), licenses: z.unknown().optional() },
  scripts: z.record(z.string(), z.unknown()).catch({}),
  author: Person.optional().catch(undefined),
  maintainers: People,
  repository: z
    .union([z.string(), z.object({ url: z.string() }).transform(({ url }) => url)])
    .optional()
    .catch(undefined),
});

export interface InstalledPackage {
  readonly version: string;
  readonly licence: string;
  readonly description: string;
  readonly homepage: string;
  readonly repository: string;
  readonly people: readonly string[];
  /** `postinstall: node install.js` for each hook that npm would run for somebody who installs it. */
  readonly hooks: readonly string[];
}

/** `absent` is no problem by itself: packages for other platforms are not installed. */
export type Installation =
  | { readonly is: 'there'; readonly installed: InstalledPackage }
  | { readonly is: 'absent' }
  | { readonly is: 'outside' | 'unreadable'; readonly problem: string };

/** What lies at a package's place, which must be in the workspace, whatever the lock file says. */
export function readInstalled(workspace: Workspace, folder: string, { path }: LockedPackage): Installation {
  const segments = path.split(/[/\\]/u);
  if (segments.some((segment) => segment === '..' || segment === '.' || segment === ''))
    return { is: 'outside', problem: 'its place in the lock file is no plain path' };
  const file = below(folder, `${path}/package.json`);
  try {
    const parsed = Manifest.safeParse(jsonOf(workspace.readText(file, maxManifestBytes).text, file));
    if (!parsed.success) return { is: 'unreadable', problem: 'its package.json is no object' };
    return { is: 'there', installed: installedOf(parsed.data) };
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    if (error.type === 'NotFound') return { is: 'absent' };
    return { is: error.type === 'Forbidden' ? 'outside' : 'unreadable', problem: cut(error.message) };
  }
}

function installedOf(manifest: z.infer<typeof Manifest>): InstalledPackage {
  const { version, description, homepage, repository, author, maintainers, scripts } = manifest;
  const people = [...(author === undefined ? [] : [author]), ...maintainers].slice(0, 10);
  return {
    version: cut(version ?? ''),
    licence: licenceIn(manifest),
    description: cut(description ?? ''),
    homepage: cut(homepage ?? ''),
    repository: cut(repository ?? ''),
    people: [...new Set(people.map(cut))],
    hooks: installHooks.flatMap((hook) => {
      const script = Object.hasOwn(scripts, hook) ? scripts[hook] : undefined;
      return typeof script === 'string' ? [cut(`${hook}: ${script}`)] : [];
    }),
  };
}

/** What the package's author wrote, on one line and no longer than a person would read. */
export function cut(text: string): string {
  const line = text.replaceAll(/\s+/gu, ' ').trim();
  return line.length > maxTextChars ? `${line.slice(0, maxTextChars)}…` : line;
}
