import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import type { StatusDocument } from '../../contracts/status.ts';
import { GatewayError } from '../gateway-error.ts';
import type { Gateway } from '../gateway.ts';
import { examples } from './arguments.ts';
import { outcomeExitCode, outcomeView } from './outcome.ts';
import type { Output } from './output.ts';
import type { Run, Session } from './session.ts';
import { oneLine } from './view/text.ts';
import { renderWatchEvent } from './view/watch-view.ts';
import { WatchProgress, type WatchEvent } from './watch-progress.ts';

/** As often as the model's heartbeats change; more would show nothing new. */
const LOOK_INTERVAL_MS = 500;
/** So many looks without anything new, five seconds, are worth the question whether the agent can move at all. */
const QUIET_LOOKS = 10;

export function registerWatch(program: Command, run: Run): void {
  program
    .command('watch <id>')
    .description("the timeline and the model's words as they come, until the agent ends")
    .addHelpText('after', examples('perdure watch a1', 'perdure watch a1 --json | jq -c .type'))
    .addHelpText('after', '\nExit codes: 0 when the agent completed, 1 when it failed or was cancelled.')
    .action((id: string) => run((session) => watchAgent(session, id)));
}

/** Shows an agent until its end. Only reading, and from the server alone: any number of people may watch. */
export async function watchAgent(session: Session, id: string): Promise<number> {
  const gateway = await session.gateway();
  const { out } = session;
  const progress = new WatchProgress();
  const show = (event: WatchEvent): void => {
    // How it continues the lines before is of no use to a program.
    const { before: _before, ...data } = event;
    out.event(data, () =>
      renderWatchEvent(event, { now: Date.now(), colors: out.colors, flags: session.repeatedFlags }),
    );
  };
  await follow(gateway, id, { progress, out, show, flags: session.repeatedFlags });
  const outcome = await gateway.result(id);
  out.event(
    { type: 'end', agent: id, ...outcome },
    () => `${progress.endLine()}${outcomeView(outcome, out.colors)}\n`,
  );
  return outcomeExitCode(outcome);
}

type Looker = Pick<Gateway, 'live' | 'past' | 'trouble'>;

export interface Watching {
  readonly progress: WatchProgress;
  readonly out: Pick<Output, 'note'>;
  readonly show: (event: WatchEvent) => void;
  /** For lines that are shown. */
  readonly flags: readonly string[];
  /** Told how things stand after what was shown. */
  readonly onStatus?: (status: StatusDocument) => void;
  /** Ends the watching early, with its reason. */
  readonly signal?: AbortSignal;
}

/**
 * Until the agent has ended. What is recorded comes before what goes on now, which belongs to the same moment. A server that was there
 * for the first look is waited for when it is away.
 */
export async function follow(gateway: Looker, id: string, watching: Watching): Promise<void> {
  const { progress, show, onStatus, signal } = watching;
  const pause = (ms: number): Promise<void> => sleep(ms, undefined, signal ? { signal } : {});
  let quiet = 0;
  for (let isFirst = true; ; isFirst = false) {
    const live = isFirst ? await gateway.live(id) : await unlessAway(() => gateway.live(id), watching);
    if (!live) {
      await pause(LOOK_INTERVAL_MS);
      continue;
    }
    const began = performance.now();
    const past =
      live.mark === progress.mark
        ? undefined
        : await unlessAway(() => gateway.past(id, { from: progress.from }), watching);
    const recorded = past ? progress.advance(live.mark, past) : [];
    recorded.forEach(show);
    if (past) onStatus?.(past.status);
    if (!live.open && !progress.isBehind) return;
    if (recorded.length > 0) {
      quiet = 0;
      // The model's words may have been for what is recorded by now. Whoever reads long histories leaves the server as much time for others.
      await pause(performance.now() - began);
      continue;
    }
    const words = progress.live(live);
    words.forEach(show);
    quiet = words.length > 0 ? 0 : quiet + 1;
    if (quiet % QUIET_LOOKS === QUIET_LOOKS - 1)
      await unlessAway(() => noteTrouble(gateway, id, watching), watching);
    await pause(LOOK_INTERVAL_MS);
  }
}

/** What is asked for; undefined while nobody answers, which is said once. */
async function unlessAway<T>(
  ask: () => Promise<T>,
  { progress, out }: Pick<Watching, 'progress' | 'out'>,
): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof GatewayError) || (error.type !== 'NoWorker' && error.type !== 'Unreachable'))
      throw error;
    if (progress.isNewTrouble(error.message)) out.note(`${error.message} Watching goes on.`);
    return undefined;
  }
}

/** An agent that waits for people is quiet for days; one that nobody works on would be quiet for ever. */
async function noteTrouble(gateway: Looker, id: string, { progress, out, flags }: Watching): Promise<void> {
  const trouble = await gateway.trouble(id, flags);
  if (progress.isNewTrouble(trouble?.summary) && trouble)
    out.note(`Can't move: ${oneLine(trouble.summary, 300)}. ${trouble.advice} Watching goes on.`);
}
