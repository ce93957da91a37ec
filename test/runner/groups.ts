import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';

/** Files that run in one process of their own. */
export interface Group {
  readonly files: readonly string[];
  readonly timeoutMs: number;
  /** Tests with this in their title are left out. */
  readonly without?: string;
}

/** Processes are started and killed, and 2 cores may be shared: eight minutes are no sign of a defect yet. */
const slowTimeoutMs = 480_000;

/**
 * Seconds that a file takes with the machine for itself, of those that take long: the longest start first, so that none
 * of them runs alone at the end. A guess is good enough, and one that is not listed counts as long.
 */
const secondsOf: Readonly<Record<string, number>> = {
  'matrix.test.ts': 85,
  'suite.test.ts': 75,
  'mutants.test.ts': 85,
  'killed.test.ts': 80,
  'demo.test.ts': 56,
  'demo-warden.test.ts': 60,
  'deadly-tool.test.ts': 80,
  'families.test.ts': 64,
  'dependents.test.ts': 9,
  'cli-doctor.test.ts': 35,
  'cli.test.ts': 33,
  'versioned-deploys.test.ts': 60,
  'deploys.test.ts': 50,
  'without-worker.test.ts': 50,
  'long-life.test.ts': 30,
  'short-memory.test.ts': 50,
  'locked-ledger.test.ts': 38,
  'effects.test.ts': 28,
  'cli-watch.test.ts': 26,
  'cli-why.test.ts': 23,
  'continue-as-new.test.ts': 16,
  'dev-server.test.ts': 14,
  'strange-servers.test.ts': 14,
  'stale-attempt.test.ts': 14,
  'pause.test.ts': 9,
  'outside-tools.test.ts': 6,
  'memory.test.ts': 18,
  'telemetry.test.ts': 26,
  'mcp.test.ts': 12,
  'temporal-cli.test.ts': 12,
  'schedules.test.ts': 45,
  'schedule-cli.test.ts': 25,
  'webhooks.test.ts': 40,
  'webhook-faults.test.ts': 20,
  'admin.test.ts': 25,
  'http-api.test.ts': 15,
  'pages.test.ts': 110,
  'pages-alone.test.ts': 10,
  'http-events.test.ts': 25,
  'http-document.test.ts': 35,
  'begun-once.test.ts': 25,
  'deciding-at-once.test.ts': 12,
  'http-attacks.test.ts': 25,
  'notices.test.ts': 15,
  'archive.test.ts': 60,
  'asked-while-told.test.ts': 50,
  'lying-model.test.ts': 6,
  'forks.test.ts': 30,
  'encoded-payloads.test.ts': 15,
  'rewinding.test.ts': 15,
  'cut-short.test.ts': 36,
  'worker-process.test.ts': 18,
  'standing-still.test.ts': 15,
  'take-over.test.ts': 13,
  'model-limit.test.ts': 12,
  'rolled-back.test.ts': 12,
  'model-outage.test.ts': 11,
  'small-disk.test.ts': 1,
  'moved-clock.test.ts': 1,
  'grpc-proxy.test.ts': 1,
  'oracle.test.ts': 1,
  'owner.test.ts': 1,
  'plan.test.ts': 1,
};
const secondsOfAnother = 60;

/** Files that together take no longer share a process: each one begins by loading what they all use. */
const secondsOfGroup = 40;

/** Each of these keeps two cores busy by itself; side by side they would only make everybody wait. */
const busyFiles: ReadonlySet<string> = new Set(['suite.test.ts', 'matrix.test.ts', 'mutants.test.ts']);

const slowFolders = ['e2e', 'faults', 'cluster'].map((name) => join('test', name));

/**
 * The quick files together in one process; the slow ones, which start processes and mostly wait for them, in processes of
 * which each has one long file or several short ones. The quick ones come first, since they take about as long as the
 * longest slow file.
 */
export function groupsOf(files: readonly string[], quickTimeoutMs: number): readonly Group[] {
  const isSlow = (file: string): boolean => slowFolders.some((folder) => file.startsWith(folder));
  const seconds = (file: string): number => secondsOf[basename(file)] ?? secondsOfAnother;
  const quick = { files: files.filter((file) => !isSlow(file)), timeoutMs: quickTimeoutMs };
  const together = (group: readonly string[]): number => group.reduce((sum, file) => sum + seconds(file), 0);
  const slow: string[][] = [];
  for (const file of files.filter(isSlow).toSorted((one, other) => seconds(other) - seconds(one))) {
    const last = slow.at(-1);
    if (last !== undefined && together([...last, file]) <= secondsOfGroup) last.push(file);
    else slow.push([file]);
  }
  return [quick, ...slow.map((group) => ({ files: group, timeoutMs: slowTimeoutMs }))];
}

/** The groups, those that keep the cores busy in a row: what is in a row runs one after the other. */
export function rowsOf(groups: readonly Group[]): readonly (readonly Group[])[] {
  const isBusy = ({ files }: Group): boolean => files.some((file) => busyFiles.has(basename(file)));
  return [groups.filter(isBusy), ...groups.filter((group) => !isBusy(group)).map((group) => [group])];
}

/** Three more than there are cores, because a file with processes of its own waits more than it works. */
export function groupsAtOnce(): number {
  const given = Number(process.env['TEST_JOBS']);
  return Number.isInteger(given) && given > 0 ? given : Math.min(availableParallelism() + 3, 6);
}
