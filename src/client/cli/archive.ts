import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { durationMs } from '../../contracts/duration.ts';
import type { StoredRun } from '../../storage/archive.ts';
import { auditFolder } from '../../storage/audit-file.ts';
import { AuditReader } from '../../storage/audit-reader.ts';
import { GatewayError } from '../gateway-error.ts';
import { duration, examples, listLimit, wholeNumber } from './arguments.ts';
import { confirmed } from './confirm.ts';
import type { Run, Session } from './session.ts';
import { bytesText } from './view/bytes.ts';
import { maybeMore } from './view/cut-list.ts';
import { clean, table } from './view/text.ts';
import { since } from './view/time.ts';

interface ListOptions {
  readonly agent?: string;
  readonly definition?: string;
  readonly limit: number;
}

interface PruneOptions {
  readonly olderThan?: string;
  readonly keep?: number;
  readonly yes?: boolean;
}

export function registerArchive(program: Command, run: Run): void {
  const archive = program
    .command('archive')
    .description('histories beyond the retention of Temporal (archive.sqlite in PERDURE_DATA_DIR)');
  archive
    .command('list')
    .description('archived runs, those that started last first')
    .option('--agent <id>', 'of this agent')
    .option('--definition <name>', 'of agents of this definition')
    .option('--limit <number>', 'at most this many', listLimit, 50)
    .addHelpText('after', examples('perdure archive list --agent a1', 'perdure archive list --json'))
    .action((options: ListOptions) => run((session) => list(session, options)));
  archive
    .command('sync')
    .description('archive every closed run that Temporal still has and the archive lacks')
    .addOption(
      new Option('--audit <what>', 'what new audits hold').choices(['hashes', 'values']).default('hashes'),
    )
    .addHelpText('after', examples('perdure archive sync'))
    .action(({ audit }: { audit: string }) => run((session) => sync(session, audit === 'values')));
  archive
    .command('prune')
    .description('delete for good what is archived of agents that have ended')
    .option('--older-than <duration>', 'of agents that ended at least so long ago', duration)
    .option('--keep <number>', 'of all but so many agents, those that ended last', wholeNumber)
    .option('-y, --yes', 'do not ask')
    .addHelpText(
      'after',
      examples(
        'perdure archive prune --older-than 365d --yes',
        'perdure archive prune --keep 1000 --older-than 90d',
      ),
    )
    .action((options: PruneOptions) => run((session) => prune(session, options)));
}

async function list(session: Session, { agent, definition, limit }: ListOptions): Promise<undefined> {
  const { namespace } = await session.settings();
  const runs = await (await session.archive()).list({ namespace, agent, definition, limit, continued: true });
  session.out.data(
    runs.map(({ run, ...stored }) => ({ ...run, ...stored })),
    () => runsText(runs, Date.now()),
  );
  for (const line of maybeMore(runs, { limit, filters: '--agent or --definition' })) session.out.note(line);
  return undefined;
}

export function runsText(runs: readonly StoredRun[], now: number): string {
  if (runs.length === 0)
    return 'Nothing here. Is PERDURE_DATA_DIR that of the worker? What is missing: perdure archive sync';
  return table(
    ['AGENT', 'RUN', 'STATUS', 'TURN', 'CLOSED', 'EVENTS', 'SIZE', 'STORED'],
    runs.map(({ run, bytes, storedBytes }) => [
      clean(run.agent),
      clean(run.runId),
      run.status,
      run.turn === undefined ? '-' : String(run.turn),
      `${since(run.closedAt, now)} ago`,
      String(run.events),
      bytesText(bytes),
      bytesText(storedBytes),
    ]),
  );
}

async function sync(session: Session, values: boolean): Promise<number | undefined> {
  const { syncArchive } = await import('../archive-sync.ts');
  const { client } = await session.connected();
  const places = {
    store: await session.archive(),
    audit: { folder: join(session.dataDir, auditFolder), values, reader: new AuditReader() },
  };
  const synced = await syncArchive(client, places, (done) => {
    if (done % 100 === 0) session.out.note(`${done} runs looked at`);
  });
  const { archived, there, failed } = synced;
  session.out.data(synced, () =>
    [
      `archived ${archived} runs; ${there} were there`,
      ...failed.map(({ agent, runId, message }) => `${clean(agent)} ${clean(runId)}: ${clean(message)}`),
    ].join('\n'),
  );
  return failed.length === 0 ? undefined : 1;
}

async function prune(
  session: Session,
  { olderThan, keep, yes = false }: PruneOptions,
): Promise<number | undefined> {
  if (olderThan === undefined && keep === undefined)
    throw new GatewayError('Invalid', 'Say what may go: --older-than, --keep, or both.');
  const store = await session.archive();
  const { namespace } = await session.settings();
  const endedBefore = olderThan && new Date(Date.now() - durationMs(olderThan)).toISOString();
  const found = await store.prunable({ namespace, keep, ...(endedBefore ? { endedBefore } : {}) });
  const { runsOfEnded } = await import('../ended-runs.ts');
  // Only the server knows that an agent was reset and lives on: without it nothing is deleted.
  const runs = found.length === 0 ? found : await runsOfEnded(await session.gateway(), found);
  const agents = new Set(runs.map(({ run }) => run.firstRunId)).size;
  if (runs.length === 0) {
    session.out.data({ deleted: 0, agents: 0 }, () => 'Nothing to delete.');
    return undefined;
  }
  const effect = `delete ${runs.length} archived runs of ${agents} agents for good`;
  if (!yes && !(await confirmed(session, effect))) {
    session.out.note('Nothing was deleted.');
    return 1;
  }
  const deleted = await store.delete(runs.map(({ run }) => run.runId));
  session.out.data({ deleted, agents }, () => `deleted ${deleted} archived runs of ${agents} agents`);
  return undefined;
}
