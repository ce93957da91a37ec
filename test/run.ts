/**
 * `make test`: every check, the build, and every test. All of them run even if one fails, each check and the build
 * count as one, and the last line is `N passed, N failed` (`, N skipped` if any). Several run side by side, at most
 * `TEST_JOBS` of them; what each of them says is shown as a whole when it has ended.
 */
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { groupsAtOnce, groupsOf, rowsOf } from './runner/groups.ts';
import { Jobs, stopOnSignals } from './runner/jobs.ts';
import { conclude, runGroup, single, type Totals } from './runner/totals.ts';

const projectRoot = dirname(import.meta.dirname);
/** What the tests run. */
const preparations = ['build', 'servers'];
/** What else is checked, the longest first. */
const checks = ['lint-code', 'lint-format', 'lint-boundaries', 'lint-pure', 'lint-dead-code'];

const folder = mkdtempSync(join(tmpdir(), 'perdure-test-'));
const jobs = new Jobs(projectRoot, folder);

async function check(target: string): Promise<Totals> {
  const { code, output } = await jobs.run({ command: 'make', args: ['--no-print-directory', target] });
  console.log(`${output}${code === 0 ? '✔' : '✖'} make ${target}`);
  return single(code === 0 ? undefined : `make ${target}`);
}

async function main(): Promise<void> {
  const results: Totals[] = [];
  const atOnce = groupsAtOnce();
  const checking = (target: string) => async () => void results.push(await check(target));
  await jobs.each(preparations.map(checking), atOnce, (work) => work());
  // Those on a cluster need one, which `make test-cluster` starts.
  const files = globSync('test/**/*.test.ts', { cwd: projectRoot, exclude: ['test/cluster/**'] }).toSorted();
  const config = JSON.parse(readFileSync(join(projectRoot, '.mocharc.json'), 'utf8')) as { timeout: number };
  const testing = rowsOf(groupsOf(files, config.timeout)).map(
    (row) => () => jobs.each(row, 1, async (group) => void results.push(await runGroup(jobs, folder, group))),
  );
  await jobs.each([...checks.map(checking), ...testing], atOnce, (work) => work());
  if (!jobs.isStopped) conclude(results);
}

stopOnSignals(() => jobs.stop());
process.on('exit', () => {
  rmSync(folder, { recursive: true, force: true });
});
await main();
