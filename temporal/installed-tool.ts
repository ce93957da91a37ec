import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, copyFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import * as z from 'zod';
import { SetupError } from './setup-error.ts';

/** Written beside an installed binary: where it came from and what it was, to notice that it is no longer that. */
const Origin = z.object({ version: z.string(), source: z.string(), sha256: z.string() });

/** A binary that this project obtains for itself. `name` is also the name of its file. */
export interface ToolName {
  readonly name: string;
  readonly version: string;
}

function folderOf(toolsDir: string, tool: ToolName): string {
  return join(toolsDir, `${tool.name}-${tool.version}`);
}

/**
 * The path of the installed binary, or undefined when it was never installed. The binary is hashed again at each
 * use, because a half-copied or exchanged server fails in ways that look like defects of the agents.
 */
export async function installedPath(toolsDir: string, tool: ToolName): Promise<string | undefined> {
  const folder = folderOf(toolsDir, tool);
  const record = await readFile(join(folder, 'origin.json'), 'utf8').catch(() => undefined);
  if (record === undefined) return undefined;
  const path = join(folder, tool.name);
  const origin = Origin.safeParse(parseJson(record));
  const actual = await sha256Of(path).catch(() => 'no file');
  if (origin.success && origin.data.sha256 === actual) return path;
  const shown = relative(process.cwd(), folder) || folder;
  const expected = origin.success ? origin.data.sha256 : 'unreadable';
  throw new SetupError(
    `${tool.name} changed after it was installed (sha256 ${actual}, recorded ${expected}): run "rm -r ${shown}" and try again.`,
  );
}

/** Folders of work under way. An hour is longer than all the waiting that a download may do. */
const unfinished = /^(download|staging)-/;
const leftOverAfterMs = 3_600_000;

/** Removes what downloads that were interrupted have left; one that another process is at stays. */
export async function removeLeftovers(toolsDir: string): Promise<void> {
  for (const name of await readdir(toolsDir)) {
    if (!unfinished.test(name)) continue;
    const path = join(toolsDir, name);
    // Somebody else may be removing it as well.
    const changedAt = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    );
    if (changedAt !== undefined && Date.now() - changedAt > leftOverAfterMs)
      await rm(path, { recursive: true, force: true });
  }
}

/**
 * Puts a binary in its place in one step: whoever looks sees the whole folder or none. Two installers at once are
 * harmless, the second finds the first one's folder there and leaves it.
 */
export async function install(
  toolsDir: string,
  tool: ToolName,
  binary: string,
  source: string,
): Promise<string> {
  const staging = join(toolsDir, `staging-${randomUUID()}`);
  await mkdir(staging, { recursive: true });
  try {
    const staged = join(staging, tool.name);
    await copyFile(binary, staged);
    await chmod(staged, 0o755);
    const origin = { version: tool.version, source, sha256: await sha256Of(staged) };
    await writeFile(join(staging, 'origin.json'), `${JSON.stringify(origin, null, 2)}\n`);
    await rename(staging, folderOf(toolsDir, tool)).catch((error: unknown) => {
      if (!isOccupied(error)) throw error;
    });
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  const path = await installedPath(toolsDir, tool);
  if (path === undefined) {
    throw new SetupError(
      `${folderOf(toolsDir, tool)} holds no complete installation: remove it and try again.`,
    );
  }
  return path;
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isOccupied(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOTEMPTY' || error.code === 'EEXIST');
}
