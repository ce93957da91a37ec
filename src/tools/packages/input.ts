import { setImmediate } from 'node:timers/promises';
import * as z from 'zod';
import type { ToolContext } from '../define-tool.ts';
import { maxPageChars } from '../limits.ts';
import { type Installation, readInstalled } from './installed.ts';
import { type LockedPackage, maxNameChars } from './lock-file.ts';

/** A lock file of 10 MB, and a file to open for each of its packages, on a busy machine; so no batched step. */
export const packagesTimeoutMs = 60_000;

export const Folder = z
  .string()
  .default('.')
  .describe('Folder of package-lock.json; the workspace by default');
export const PackageName = z.string().min(1).max(maxNameChars);
export const Offset = z.int().min(0).default(0);

/** As many packages as are looked at before other work of the worker gets its turn. */
const breath = 100;

/** Every package with what lies at its place. Ends when the call is cancelled. */
export async function* installations(
  packages: readonly LockedPackage[],
  folder: string,
  { workspace, signal }: Pick<ToolContext, 'workspace' | 'signal'>,
): AsyncGenerator<[LockedPackage, Installation]> {
  for (const [index, locked] of packages.entries()) {
    if (index % breath === 0) {
      signal.throwIfAborted();
      await setImmediate();
    }
    yield [locked, readInstalled(workspace, folder, locked)];
  }
}

/** As many items as fit a page; always one, so that paging gets on. */
export function pageOf<Item>(
  items: readonly Item[],
  { offset, limit }: { offset: number; limit: number },
): { page: Item[]; nextOffset?: number } {
  const wanted = items.slice(offset, offset + limit);
  let chars = 0;
  const end = wanted.findIndex((item, index) => {
    chars += JSON.stringify(item).length;
    return index > 0 && chars > maxPageChars;
  });
  const page = end === -1 ? wanted : wanted.slice(0, end);
  const next = offset + page.length;
  return { page, ...(next < items.length ? { nextOffset: next } : {}) };
}
