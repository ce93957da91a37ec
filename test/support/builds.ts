import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const projectRoot = join(import.meta.dirname, '../..');
const run = promisify(execFile);

/** A text of a source file of the workflows or what they import, and what another build has in its place. It must be there exactly once. */
export interface SourceChange {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** A build of its own, in a folder of its own. */
export interface Build {
  readonly workerEntry: string;
  readonly dispose: () => Promise<void>;
}

/**
 * Builds the product once more with some of its workflows changed: what was built is copied, and the workflows are bundled
 * from a changed copy of their source. It runs beside the original as a process of its own.
 */
export async function buildWith(changes: readonly SourceChange[]): Promise<Build> {
  const folder = await mkdtemp(join(tmpdir(), 'perdure-build-'));
  await cp(join(projectRoot, 'dist'), join(folder, 'dist'), { recursive: true });
  await cp(join(projectRoot, 'src'), join(folder, 'src'), { recursive: true });
  await cp(join(projectRoot, 'package.json'), join(folder, 'package.json'));
  await symlink(join(projectRoot, 'node_modules'), join(folder, 'node_modules'));
  const files = new Map<string, string>();
  for (const { file, from, to } of changes) {
    const source = files.get(file) ?? (await readFile(join(projectRoot, 'src', file), 'utf8'));
    const parts = source.split(from);
    if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} times: ${from}`);
    files.set(file, parts.join(to));
  }
  for (const [file, source] of files) await writeFile(join(folder, 'src', file), source);
  await run(process.execPath, ['--input-type=module', '--eval', bundleOf(folder)]);
  return {
    workerEntry: join(folder, 'dist/worker/main.js'),
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Bundles the workflows alone: not again with what reports to traces, which no such build is asked for. */
function bundleOf(folder: string): string {
  return `
    import { writeFile } from 'node:fs/promises';
    import { bundleWorkflows } from ${JSON.stringify(join(folder, 'src/worker/bundle.ts'))};
    await writeFile(${JSON.stringify(join(folder, 'dist/workflow-bundle.js'))}, await bundleWorkflows());`;
}
