/**
 * `make test-cluster`: the production server of `temporal/cluster` as processes, the end-to-end tests on it instead of
 * on dev servers, and those that only a cluster can answer. The last line is that of `make test`. With arguments it runs
 * only the files whose path contains one of them.
 */
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { runProgram, say } from '../../temporal/setup-error.ts';
import { groupsAtOnce, groupsOf } from '../runner/groups.ts';
import { Jobs, stopOnSignals } from '../runner/jobs.ts';
import { conclude, runGroup, type Totals } from '../runner/totals.ts';
import { Cluster } from './cluster.ts';
import { startControl } from './control.ts';

const projectRoot = join(import.meta.dirname, '../..');

/** The end-to-end tests that say nothing about a cluster, and why. */
const leftOut: Readonly<Record<string, string>> = {
  'dev-server.test.ts': 'is about the dev server',
  'demo.test.ts': 'runs `make demo`, which starts a dev server of its own',
};

/** A server on PostgreSQL goes on with a search attribute that was removed for some seconds, and nothing says until when. */
const leftOutTest = 'a search attribute that is gone';

/** What tests do that kill what all the others are using, so that they run alone, after them. */
const disturbing = 'restartServer()';

const folder = mkdtempSync(join(tmpdir(), 'perdure-cluster-'));
const jobs = new Jobs(projectRoot, folder);
let stopCluster = (): Promise<void> => Promise.resolve();

function isDisturbing(file: string): boolean {
  return (
    file.startsWith(join('test', 'cluster')) ||
    readFileSync(join(projectRoot, file), 'utf8').includes(disturbing)
  );
}

function chosenFiles(): readonly string[] {
  const words = process.argv.slice(2);
  return globSync('test/{e2e,cluster}/*.test.ts', { cwd: projectRoot }).filter(
    (file) =>
      !(basename(file) in leftOut) && (words.length === 0 || words.some((word) => file.includes(word))),
  );
}

async function main(): Promise<void> {
  const cluster = await Cluster.create(folder);
  stopCluster = () => cluster.stop();
  const control = await startControl(cluster);
  say(`A Temporal server on PostgreSQL answers at ${cluster.address}.`);
  for (const [file, reason] of Object.entries(leftOut)) say(`Left out: ${file}, which ${reason}.`);
  say(`Left out: tests of ${leftOutTest}, which this server notices only after a while.`);
  try {
    const results: Totals[] = [];
    const run = (files: readonly string[], atOnce: number): Promise<void> =>
      jobs.each(groupsOf(files, 0), atOnce, async (group) => {
        const env = { PERDURE_TEST_CLUSTER: control.url };
        results.push(await runGroup(jobs, folder, { ...group, without: leftOutTest }, env));
      });
    const files = chosenFiles();
    await run(
      files.filter((file) => !isDisturbing(file)),
      groupsAtOnce(),
    );
    await run(files.filter(isDisturbing), 1);
    if (!jobs.isStopped) conclude(results);
  } finally {
    control.server.close();
    await cluster.stop();
  }
}

stopOnSignals(async () => {
  await jobs.stop();
  await stopCluster();
});
process.on('exit', () => {
  rmSync(folder, { recursive: true, force: true });
});
await runProgram(main);
