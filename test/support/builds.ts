import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import typescript from 'typescript';

const projectRoot = join(import.meta.dirname, '../..');
const compilerOptions = {
  target: typescript.ScriptTarget.ES2024,
  module: typescript.ModuleKind.ESNext,
  verbatimModuleSyntax: true,
  rewriteRelativeImportExtensions: true,
};
const run = promisify(execFile);

/** A text of a source file, and what another build has in its place. It must be there exactly once. */
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
 * Builds the product once more with some of its source changed: what was built is copied, the changed files are
 * compiled anew, and the workflows bundled. It runs beside the original as a process of its own.
 */
export async function buildWith(changes: readonly SourceChange[]): Promise<Build> {
  const folder = await mkdtemp(join(tmpdir(), 'perdure-build-'));
  await cp(join(projectRoot, 'dist'), join(folder, 'dist'), { recursive: true });
  await cp(join(projectRoot, 'package.json'), join(folder, 'package.json'));
  await symlink(join(projectRoot, 'node_modules'), join(folder, 'node_modules'));
  const files = new Map<string, string>();
  for (const { file, from, to } of changes) {
    const source = files.get(file) ?? (await readFile(join(projectRoot, 'src', file), 'utf8'));
    const parts = source.split(from);
    if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} times: ${from}`);
    files.set(file, parts.join(to));
  }
  for (const [file, source] of files) {
    const { outputText } = typescript.transpileModule(source, { compilerOptions });
    await writeFile(join(folder, 'dist', file.replace(/\.ts$/, '.js')), outputText);
  }
  await run(process.execPath, ['--input-type=module', '--eval', bundleOf(join(folder, 'dist'))]);
  return {
    workerEntry: join(folder, 'dist/worker/main.js'),
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Bundles the workflows alone: not again with what reports to traces, which no such build is asked for. */
function bundleOf(dist: string): string {
  return `
    import { writeFile } from 'node:fs/promises';
    import { bundleWorkflows } from ${JSON.stringify(join(dist, 'worker/bundle.js'))};
    await writeFile(${JSON.stringify(join(dist, 'workflow-bundle.js'))}, await bundleWorkflows());`;
}
