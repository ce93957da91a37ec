import { setTimeout as sleep } from 'node:timers/promises';
import type { Past } from '../src/client/agent-timeline.ts';
import type { Gateway } from '../src/client/gateway.ts';
import { GatewayError } from '../src/client/gateway-error.ts';
import type { Colors } from '../src/client/cli/output.ts';
import { renderWatchEvent } from '../src/client/cli/view/watch-view.ts';
import { WatchProgress, type WatchEvent } from '../src/client/cli/watch-progress.ts';
import { failures } from '../src/contracts/failures.ts';
import type { ApprovalView, StatusDocument } from '../src/contracts/status.ts';
import type { Look } from './demo-check.ts';
import { type Decider, sendDecision } from './demo-decisions.ts';

export interface Watching {
  readonly gateway: Pick<Gateway, 'live' | 'past' | 'status' | 'send'>;
  readonly agent: string;
  readonly by: string;
  readonly decide: Decider;
  readonly colors: Colors;
  /** What is said below an approval, once for each. */
  readonly onApproval: (approval: ApprovalView) => void;
  /** Throws when it is no use to go on: a process of the stack has ended, or nobody will ever come. */
  readonly check: (look: Look) => void;
  readonly signal: AbortSignal;
}

/** As often as the model's heartbeats change. */
const lookIntervalMs = 300;

/** Shows an agent's steps and has its approvals decided. False when somebody wants to leave before it has ended. */
export async function watchAndDecide(watching: Watching): Promise<boolean> {
  const { gateway, agent, check, signal } = watching;
  const progress = new WatchProgress();
  const seen: Seen = { shown: new Set(), refused: new Set() };
  let status: StatusDocument | undefined;
  for (;;) {
    const live = await gateway.live(agent);
    const past = live.mark === progress.mark ? undefined : await readPast(gateway, agent, progress);
    if (past) show(watching, progress.advance(live.mark, past));
    status = past?.status ?? status;
    check({ live, status });
    if (status !== undefined) {
      const decided = await decideOpen(watching, status, seen);
      if (decided === 'stop') return false;
      // Much may have happened while somebody decided; it comes before the words of now.
      if (decided === 'some') continue;
    }
    if (!live.open) break;
    if (!past) show(watching, progress.live(live));
    await sleep(lookIntervalMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return false;
  }
  process.stdout.write(progress.endLine());
  return true;
}

/** Everything recorded since the last look; undefined while it can't be read. */
async function readPast(
  gateway: Watching['gateway'],
  agent: string,
  progress: WatchProgress,
): Promise<Past | undefined> {
  try {
    return await gateway.past(agent, { from: progress.from });
  } catch (error) {
    if (error instanceof GatewayError && (error.type === 'NoWorker' || error.type === 'Unreachable'))
      return undefined;
    throw error;
  }
}

/** Approvals are shown when they are decided. */
function show({ colors }: Watching, events: readonly WatchEvent[]): void {
  for (const event of events.filter(({ type }) => type !== 'approval'))
    process.stdout.write(renderWatchEvent(event, { now: Date.now(), colors, flags: [] }));
}

/** Approvals by id, and by what they were when a decision was refused. */
interface Seen {
  readonly shown: Set<string>;
  readonly refused: Set<string>;
}

/** Decides what is open, one after the other. `stop` when the person at the terminal wants to leave. */
async function decideOpen(
  watching: Watching,
  status: StatusDocument,
  { shown, refused }: Seen,
): Promise<'none' | 'some' | 'stop'> {
  let decided: 'none' | 'some' = 'none';
  const { gateway, agent, by, decide, colors, onApproval } = watching;
  for (const approval of status.approvals) {
    if (!shown.has(approval.id)) onApproval(approval);
    shown.add(approval.id);
    const isStillOpen = async (): Promise<boolean> => {
      const now = await gateway.status(agent).catch(() => status);
      return now.approvals.some(({ id, revision }) => id === approval.id && revision === approval.revision);
    };
    if (!(await isStillOpen())) continue;
    const asShown = `${approval.id} ${approval.revision}`;
    const answer = await decide(approval, isStillOpen, refused.has(asShown));
    if (answer === 'stop') return answer;
    if (answer === 'later') continue;
    const problem = await sendDecision(gateway, agent, approval, { ...answer, by });
    // What was refused would be refused again at once, and for ever. An agent that did not answer may do so the next time.
    if (problem === undefined) decided = 'some';
    else if (!failures[problem.type].retryable) refused.add(asShown);
    const said = answer.message === undefined ? '' : `: ${answer.message}`;
    const line = problem ? `not decided: ${problem.message}` : `${answer.decision} ${approval.id}${said}`;
    process.stdout.write(`${colors.magenta('!')} ${by}: ${line}\n`);
  }
  return decided;
}
