import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { Group } from './groups.ts';
import type { Jobs } from './jobs.ts';

const Totals = z.object({
  passed: z.number(),
  failed: z.number(),
  skipped: z.number(),
  /** What failed, a line each. */
  failures: z.array(z.string()),
});
export type Totals = z.infer<typeof Totals>;

/** What one check came to: a pass, or a failure for the given reason. */
export function single(failure?: string): Totals {
  return failure === undefined
    ? { passed: 1, failed: 0, skipped: 0, failures: [] }
    : { passed: 0, failed: 1, skipped: 0, failures: [failure] };
}

const mocha = join(import.meta.dirname, '../../node_modules/mocha/bin/mocha.js');
/**
 * In MB, for what is new in memory: V8 begins with one, and collects a dozen times before a program has so much as started. For the
 * tests and, as `process.execArgv`, for the programs that they start again and again.
 */
const youngMemory = '--min-semi-space-size=16';

/**
 * Runs the files of a group in one process and shows what it said. A group without any file counts as nothing; a
 * process that dies before it has counted counts as a failure.
 */
export async function runGroup(
  jobs: Jobs,
  folder: string,
  { files, timeoutMs, without }: Group,
  env: NodeJS.ProcessEnv = {},
): Promise<Totals> {
  if (files.length === 0) return { passed: 0, failed: 0, skipped: 0, failures: [] };
  const totalsFile = join(mkdtempSync(join(folder, 'group-')), 'totals.json');
  const options = ['--no-config', '--extension', 'ts', '--timeout', String(timeoutMs)];
  if (without !== undefined) options.push('--fgrep', without, '--invert');
  const { code, output } = await jobs.run({
    command: process.execPath,
    args: [youngMemory, mocha, ...options, '--reporter', 'test/support/reporter.ts', ...files],
    env: { ...env, TEST_TOTALS_FILE: totalsFile },
  });
  console.log(output);
  try {
    const totals = Totals.parse(JSON.parse(readFileSync(totalsFile, 'utf8')));
    if (code === 0 || totals.failed > 0) return totals;
    // Every test passed, and yet the process failed: something outside the tests went wrong.
    const failure = `The tests of ${files.join(', ')} passed, and their process ended with code ${code}.`;
    return { ...totals, failed: 1, failures: [failure] };
  } catch {
    return single(`The tests of ${files.join(', ')} ended with code ${code} and without totals.`);
  }
}

/**
 * Says once more what failed, because a log of all tests is long and often only its end is kept; then the last line,
 * `N passed, N failed` (`, N skipped` if any). Makes it this process's exit code.
 */
export function conclude(results: readonly Totals[]): void {
  const sum = (of: (totals: Totals) => number): number =>
    results.reduce((total, result) => total + of(result), 0);
  const [passed, failed, skipped] = [sum((t) => t.passed), sum((t) => t.failed), sum((t) => t.skipped)];
  process.exitCode = failed === 0 ? 0 : 1;
  for (const failure of results.flatMap((totals) => totals.failures)) console.log(`✖ ${failure}`);
  console.log(`${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`);
}
