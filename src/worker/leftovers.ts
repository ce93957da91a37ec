import { opendir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { temporaryArtifact } from '../activities/file-artifacts.ts';
import { auditFolder, temporaryHead } from '../storage/audit-file.ts';
import { temporaryName } from '../tools/workspace.ts';
import type { WorkerEnvironment } from './environment.ts';

/** No write takes as long, whatever the clocks of machines that share a folder say. */
const MIN_AGE_MS = 24 * 3_600_000;
/** Of a folder's files; a workspace may be a whole disk. What lies behind is found by nobody, and harms nobody. */
const MAX_FILES = 100_000;

/**
 * Removes what writes that were interrupted have left: files that are renamed when they are complete, and that nobody reads before. Only
 * names that nothing but such a write gives count. Nothing depends on it, so it never fails.
 */
export async function removeLeftovers(
  {
    PERDURE_DATA_DIR: dataDir,
    PERDURE_WORKSPACE: workspace,
  }: Pick<WorkerEnvironment, 'PERDURE_DATA_DIR' | 'PERDURE_WORKSPACE'>,
  say: (line: string) => void,
): Promise<void> {
  await removeFrom(join(dataDir, 'artifacts'), temporaryArtifact, say);
  await removeFrom(join(dataDir, auditFolder), temporaryHead, say);
  await removeFrom(workspace, temporaryName, say);
}

async function removeFrom(folder: string, name: RegExp, say: (line: string) => void): Promise<void> {
  let [seen, removed] = [0, 0];
  try {
    for await (const file of filesIn(folder)) {
      seen += 1;
      if (seen > MAX_FILES) break;
      if (!name.test(basename(file)) || Date.now() - (await stat(file)).mtimeMs < MIN_AGE_MS) continue;
      await rm(file);
      removed += 1;
    }
  } catch {
    // There is no such folder, or it is another one's to clear up.
  }
  if (removed > 0) say(`removed ${removed} half-written files from ${folder}`);
}

/** Also those in folders within; links are not followed. */
async function* filesIn(folder: string): AsyncGenerator<string> {
  for await (const entry of await opendir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesIn(path);
    else if (entry.isFile()) yield path;
  }
}
