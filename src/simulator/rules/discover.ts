import { taskCalls, type Conversation } from './conversation.ts';
import { worthRetrying } from './outcome.ts';
import { Listing } from './tool-results.ts';

/** Deeper folders than this hold no inbox; the bound also ends a walk through folders that contain themselves. */
const MAX_DEPTH = 6;
/** Folders looked into at most. */
const MAX_DIRECTORIES = 200;
/** After this many tries of one call the rules go on without it. */
export const MAX_ATTEMPTS = 3;

/** What the folders turned out to hold. */
export interface Discovery {
  /** Folders still to be listed. */
  readonly unlisted: readonly string[];
  readonly invoices: readonly string[];
  readonly tables: readonly string[];
  /** What could not be seen, for the report. */
  readonly gaps: readonly string[];
}

/** Walks the listings of this task from the top folder down. */
export function discover(conversation: Conversation): Discovery {
  const unlisted: string[] = [];
  const files: string[] = [];
  const gaps: string[] = [];
  let level = ['.'];
  const seen = new Set(level);
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth += 1) {
    const next: string[] = [];
    for (const path of level) {
      const listed = listingOf(conversation, path);
      if (listed === 'unlisted') unlisted.push(path);
      else if (typeof listed === 'string') gaps.push(`${path} could not be listed: ${listed}`);
      else {
        if (listed.truncated === true) gaps.push(`The list of ${path} was cut short; files may be missing.`);
        next.push(...directoriesIn(listed));
        files.push(...listed.entries.filter((entry) => entry.type === 'file').map((entry) => entry.path));
      }
    }
    level = [...new Set(next)]
      .filter((path) => !seen.has(path))
      .slice(0, Math.max(0, MAX_DIRECTORIES - seen.size));
    for (const path of level) seen.add(path);
  }
  if (level.length > 0) gaps.push(`Folders below ${level.join(', ')} are too deep and were not looked into.`);
  const xml = files.filter((path) => /\.xml$/i.test(path));
  const csv = files.filter((path) => /\.csv$/i.test(path));
  return { unlisted, invoices: inScope(xml, conversation.task), tables: csv, gaps };
}

function directoriesIn(listing: Listing): string[] {
  return listing.entries
    .filter((entry) => entry.type === 'directory' && !(entry.path.split('/').at(-1) ?? '').startsWith('.'))
    .map((entry) => entry.path);
}

function listingOf(conversation: Conversation, path: string): Listing | string {
  const calls = taskCalls(conversation, 'list_files').filter((call) => call.args['path'] === path);
  for (const { outcome } of calls.toReversed()) {
    const parsed = outcome?.ok === true ? Listing.safeParse(outcome.result) : undefined;
    if (parsed?.success === true) return parsed.data;
  }
  const last = calls.at(-1)?.outcome;
  if (calls.length < MAX_ATTEMPTS && worthRetrying(last)) return 'unlisted';
  if (last?.ok === false) return last.message || last.type;
  return 'the answer was no list of files';
}

/** A task that names a folder or file with its path means only those; a task that names none means all. */
function inScope(paths: readonly string[], task: string): readonly string[] {
  const named = [...task.matchAll(/[\w.-]+(?:\/[\w.-]+)*\/?/g)]
    .map((match) => match[0].replace(/^\.\//, '').replace(/\.$/, ''))
    .filter((token) => token.includes('/') || /\.xml$/i.test(token))
    .map((token) => token.replace(/\/$/, ''));
  const chosen = paths.filter((path) => named.some((name) => path === name || path.startsWith(`${name}/`)));
  return chosen.length > 0 ? chosen : paths;
}
