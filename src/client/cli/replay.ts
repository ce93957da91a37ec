import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Command } from 'commander';
import type { ReplayVerdict } from '../../contracts/replay.ts';
import { GatewayError } from '../gateway-error.ts';
import type { ReplayProcess } from '../deploy/replaying.ts';
import { examples } from './arguments.ts';
import type { Run, Session } from './session.ts';
import { replayAllView, replayView } from './view/replay-view.ts';

/** Histories are fetched while one is replayed; each may take megabytes of memory. */
const FETCHED_AHEAD = 3;
/** A line on stderr after so many. */
const PROGRESS_EVERY = 100;

export function registerReplay(program: Command, run: Run): void {
  program
    .command('replay [agent-or-file]')
    .description("whether an agent's history fits the code of this build, or where they part")
    .option('--all-open', 'every open agent, as before a deploy')
    .addHelpText(
      'after',
      examples('perdure replay a1', 'perdure replay a1.json', 'perdure replay --all-open --json'),
    )
    .addHelpText(
      'after',
      '\nA file is JSON as `temporal workflow show -o json` and the Web UI write it.\n' +
        'Exit codes: 0 when all fit, 1 when one does not.',
    )
    .action((target: string | undefined, { allOpen = false }: { allOpen?: boolean }) =>
      run(async (session) => {
        if ((target === undefined) !== allOpen)
          throw new GatewayError('Invalid', 'Name an agent or a file, or say --all-open.');
        // Loaded late: no other command needs it.
        const { ReplayProcess } = await import('../deploy/replaying.ts');
        const replayer = new ReplayProcess();
        try {
          return target === undefined
            ? await replayAllOpen(session, replayer)
            : await replayOne(session, replayer, target);
        } finally {
          await replayer.close();
        }
      }),
    );
}

async function replayOne(
  session: Session,
  replayer: ReplayProcess,
  target: string,
): Promise<number | undefined> {
  const history = (await historyInFile(target)) ?? (await (await session.gateway()).history(target));
  const agent = basename(target, '.json');
  const verdict = await replayer.judge({ agent, history });
  session.out.data(verdict, () => replayView(verdict, session.out.colors));
  return verdict.compatible ? undefined : 1;
}

/** An id has no ending of a file; whatever else is there to be read is one too. */
async function historyInFile(target: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(target, 'utf8');
  } catch (error) {
    if (!target.endsWith('.json')) return undefined;
    const reason = error instanceof Error ? error.message : String(error);
    throw new GatewayError('NotFound', `The file ${target} can't be read: ${reason}.`, { cause: error });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new GatewayError('Invalid', `The file ${target} is not JSON.`, { cause: error });
  }
}

/** One that has been deleted since it was listed is not open any more, and breaks nothing. */
async function replayAllOpen(session: Session, replayer: ReplayProcess): Promise<number | undefined> {
  const gateway = await session.gateway();
  const { agents, isComplete } = await gateway.openAgents();
  session.out.note(`Replaying ${agents.length} open agents with this build.`);
  const incompatible: Extract<ReplayVerdict, { compatible: false }>[] = [];
  let checked = 0;
  const left = [...agents];
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const { agent, runId } = next;
      const history = await gateway.history(agent, runId).catch(unlessGone);
      if (history === undefined) continue;
      const verdict = await replayer.judge({ agent, history });
      checked += 1;
      if (!verdict.compatible) incompatible.push(verdict);
      if (checked % PROGRESS_EVERY === 0)
        session.out.note(`${checked} of ${agents.length}, ${incompatible.length} would break`);
    }
  };
  await Promise.all(Array.from({ length: FETCHED_AHEAD }, work));
  if (!isComplete)
    session.out.note(`There are more open agents; the newest ${agents.length} were looked at.`);
  const answer = { checked, isComplete, incompatible };
  session.out.data(session.out.format === 'jsonl' ? incompatible : answer, () =>
    replayAllView(answer, session.out.colors),
  );
  return incompatible.length > 0 ? 1 : undefined;
}

function unlessGone(error: unknown): undefined {
  if (!(error instanceof GatewayError) || error.type !== 'NotFound') throw error;
}
