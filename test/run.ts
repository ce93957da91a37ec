/**
 * `make test`: every check, the build, and every test. All of them run even if one fails, each check and the build
 * count as one, and the last line is `N passed, N failed` (`, N skipped` if any).
 */
import { spawn } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as z from 'zod';

const Totals = z.object({ passed: z.number(), failed: z.number(), skipped: z.number() });
type Totals = z.infer<typeof Totals>;

const projectRoot = dirname(import.meta.dirname);
const mocha = join(projectRoot, 'node_modules', '.bin', 'mocha');
const lint = ['lint-format', 'lint-rules', 'lint-types', 'lint-pure', 'lint-boundaries', 'lint-dead-code'];
const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const interruptedExitCode = 130;

/** Processes are started and killed, and 2 cores may be shared: a minute is no sign of a defect yet. */
const endToEndTimeoutMs = 120_000;

let stopCurrent: () => void = () => undefined;

/** Runs a program with its output here. Returns what its end says. */
function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<number> {
  // Make hands its flags and job slots down by these; a make that is started from here has neither.
  const noMake = { MAKEFLAGS: undefined, MFLAGS: undefined, MAKELEVEL: undefined };
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: projectRoot,
      env: { ...process.env, ...noMake, ...env },
      stdio: ['ignore', 1, 2],
    });
    stopCurrent = () => child.kill('SIGTERM');
    child.once('error', (error) => {
      console.error(error.message);
      resolve(1);
    });
    child.once('close', (code) => {
      resolve(code ?? 1);
    });
  });
}

async function check(target: string): Promise<Totals> {
  const ok = (await run('make', ['--no-print-directory', target])) === 0;
  console.log(`${ok ? '✔' : '✖'} make ${target}`);
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 };
}

/** A group without any file counts as nothing; a process that dies before it has counted counts as a failure. */
async function tests(files: readonly string[], extra: readonly string[], folder: string): Promise<Totals> {
  if (files.length === 0) return { passed: 0, failed: 0, skipped: 0 };
  const totalsFile = join(mkdtempSync(join(folder, 'group-')), 'totals.json');
  const args = [
    '--no-config',
    '--extension',
    'ts',
    '--reporter',
    'test/support/reporter.ts',
    ...extra,
    ...files,
  ];
  const code = await run(mocha, args, { TEST_TOTALS_FILE: totalsFile });
  try {
    const totals = Totals.parse(JSON.parse(readFileSync(totalsFile, 'utf8')));
    // Every test passed, and yet the process failed: something outside the tests went wrong.
    return code !== 0 && totals.failed === 0 ? { ...totals, failed: 1 } : totals;
  } catch {
    console.log(`✖ The tests ended with code ${code} and without totals.`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'perdure-test-'));
  const results: Totals[] = [];
  try {
    for (const target of [...lint, 'build', 'servers']) results.push(await check(target));
    const all = globSync('test/**/*.test.ts', { cwd: projectRoot }).toSorted();
    const isEndToEnd = (file: string): boolean => file.startsWith(join('test', 'e2e'));
    const config = JSON.parse(readFileSync(join(projectRoot, '.mocharc.json'), 'utf8')) as {
      timeout: number;
    };
    const quick = ['--timeout', String(config.timeout)];
    results.push(
      await tests(
        all.filter((file) => !isEndToEnd(file)),
        quick,
        folder,
      ),
    );
    results.push(await tests(all.filter(isEndToEnd), ['--timeout', String(endToEndTimeoutMs)], folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const sum = (of: (totals: Totals) => number): number =>
    results.reduce((total, result) => total + of(result), 0);
  const [passed, failed, skipped] = [sum((t) => t.passed), sum((t) => t.failed), sum((t) => t.skipped)];
  process.exitCode = failed === 0 ? 0 : 1;
  console.log(`${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`);
}

for (const signal of stopSignals) {
  process.on(signal, () => {
    stopCurrent();
    process.exit(interruptedExitCode);
  });
}
await main();
