import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { GatewayError } from '../gateway-error.ts';
import type { Gateway } from '../gateway.ts';
import { examples } from './arguments.ts';
import { outcomeExitCode, outcomeView } from './outcome.ts';
import type { Output } from './output.ts';
import type { Run, Session } from './session.ts';
import { renderWatchEvent } from './view/watch-view.ts';
import { WatchProgress, type WatchEvent } from './watch-progress.ts';

/** As often as the model's heartbeats change; more would show nothing new. */
const LOOK_INTERVAL_MS = 500;
/** While no worker answers, heartbeats can still be seen, so a look must not take long. */
const ANSWER_TIMEOUT_MS = 3_000;

export function registerWatch(program: Command, run: Run): void {
  program
    .command('watch <id>')
    .description("turns, tools, approvals and the model's words as they come, until the agent ends")
    .addHelpText('after', examples('perdure watch a1', 'perdure watch a1 --json | jq -c .type'))
    .addHelpText('after', '\nExit codes: 0 when the agent completed, 1 when it failed or was cancelled.')
    .action((id: string) => run((session) => watchAgent(session, id)));
}

/** Shows an agent until its end. Only reading: any number of people may watch. */
export async function watchAgent(session: Session, id: string): Promise<number> {
  const gateway = await session.gateway({ answerTimeoutMs: ANSWER_TIMEOUT_MS });
  const { out } = session;
  const progress = new WatchProgress();
  const show = (event: WatchEvent): void => {
    // How it continues the lines before is of no use to a program.
    const { before: _before, ...data } = event;
    out.event(data, () =>
      renderWatchEvent(event, { now: Date.now(), colors: out.colors, flags: session.repeatedFlags }),
    );
  };
  const readRecorded = async (): Promise<void> => {
    for (const event of await recorded(gateway, id, { progress, out })) show(event);
  };
  // What is recorded comes before what goes on now: words that are seen after it belong to what is not recorded yet.
  for (;;) {
    await readRecorded();
    const live = await gateway.live(id);
    if (!live.open) break;
    progress.live(live).forEach(show);
    await sleep(LOOK_INTERVAL_MS);
  }
  await readRecorded();
  const outcome = await gateway.result(id);
  out.event(
    { type: 'end', agent: id, ...outcome },
    () => `${progress.endLine()}${outcomeView(outcome, out.colors)}\n`,
  );
  return outcomeExitCode(outcome);
}

/** What was recorded since the last look. A worker that does not answer is said once; the server's own view goes on. */
async function recorded(
  gateway: Gateway,
  id: string,
  { progress, out }: { progress: WatchProgress; out: Output },
): Promise<WatchEvent[]> {
  try {
    const status = await gateway.status(id);
    if (!progress.isNew(status)) return [];
    const [transcript, { transitions }] = await Promise.all([
      gateway.transcript(id, { from: progress.turn }),
      gateway.transitions(id, { from: progress.revision + 1 }),
    ]);
    return progress.advance(status, transcript.entries, transitions);
  } catch (error) {
    if (!(error instanceof GatewayError) || (error.type !== 'NoWorker' && error.type !== 'Unreachable'))
      throw error;
    if (progress.silence()) out.note(`${error.message} Watching goes on.`);
    return [];
  }
}
