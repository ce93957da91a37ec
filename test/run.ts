/**
 * `make test`: every check, the build, and every test. All of them run even if one fails, each check and the build
 * count as one, and the last line is `N passed, N failed` (`, N skipped` if any). Several run side by side, at most
 * `TEST_JOBS` of them; what each of them says is shown as a whole when it has ended.
 */
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { type Group, groupsAtOnce, groupsOf } from './runner/groups.ts';
import { Jobs } from './runner/jobs.ts';

const Totals = z.object({ passed: z.number(), failed: z.number(), skipped: z.number() });
type Totals = z.infer<typeof Totals>;

const projectRoot = dirname(import.meta.dirname);
const mocha = join(projectRoot, 'node_modules', '.bin', 'mocha');
/** The longest first. Tests need the last two, the build and the servers. */
const checks = [
  'lint-rules',
  'lint-format',
  'build',
  'lint-types',
  'servers',
  'lint-pure',
  'lint-boundaries',
  'lint-dead-code',
];
const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const interruptedExitCode = 130;

const folder = mkdtempSync(join(tmpdir(), 'perdure-test-'));
const jobs = new Jobs(projectRoot, folder);

async function check(target: string): Promise<Totals> {
  const { code, output } = await jobs.run({ command: 'make', args: ['--no-print-directory', target] });
  console.log(`${output}${code === 0 ? '✔' : '✖'} make ${target}`);
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
}

/** A group without any file counts as nothing; a process that dies before it has counted counts as a failure. */
async function tests({ files, timeoutMs }: Group): Promise<Totals> {
  if (files.length === 0) return { passed: 0, failed: 0, skipped: 0 };
  const totalsFile = join(mkdtempSync(join(folder, 'group-')), 'totals.json');
  const options = ['--no-config', '--extension', 'ts', '--timeout', String(timeoutMs)];
  const { code, output } = await jobs.run({
    command: mocha,
    args: [...options, '--reporter', 'test/support/reporter.ts', ...files],
    env: { TEST_TOTALS_FILE: totalsFile },
  });
  console.log(output);
  try {
    const totals = Totals.parse(JSON.parse(readFileSync(totalsFile, 'utf8')));
    if (code === 0 || totals.failed > 0) return totals;
    // Every test passed, and yet the process failed: something outside the tests went wrong.
    console.log(`✖ The tests of ${files.join(', ')} passed, and their process ended with code ${code}.`);
    return { ...totals, failed: 1 };
  } catch {
    console.log(`✖ The tests of ${files.join(', ')} ended with code ${code} and without totals.`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

async function main(): Promise<void> {
  const results: Totals[] = [];
  const atOnce = groupsAtOnce();
  await jobs.each(checks, atOnce, async (target) => void results.push(await check(target)));
  const files = globSync('test/**/*.test.ts', { cwd: projectRoot }).toSorted();
  const config = JSON.parse(readFileSync(join(projectRoot, '.mocharc.json'), 'utf8')) as { timeout: number };
  await jobs.each(groupsOf(files, config.timeout), atOnce, async (group) => {
    results.push(await tests(group));
  });
  if (jobs.isStopped) return;
  const sum = (of: (totals: Totals) => number): number =>
    results.reduce((total, result) => total + of(result), 0);
  const [passed, failed, skipped] = [sum((t) => t.passed), sum((t) => t.failed), sum((t) => t.skipped)];
  process.exitCode = failed === 0 ? 0 : 1;
  console.log(`${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`);
}

for (const signal of stopSignals) {
  process.on(signal, () => {
    void jobs.stop().finally(() => process.exit(interruptedExitCode));
  });
}
process.on('exit', () => {
  rmSync(folder, { recursive: true, force: true });
});
await main();
