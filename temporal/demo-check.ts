import type { LiveView } from '../src/client/live.ts';
import type { StatusDocument } from '../src/contracts/status.ts';
import type { Child } from './child-process.ts';
import { say, SetupError } from './setup-error.ts';

/** What is known of the agent at one look: what the server says now, and the status that its history led to when it was last read. */
export interface Look {
  readonly live: Pick<LiveView, 'mark' | 'activities'>;
  readonly status: StatusDocument | undefined;
}

interface Checked {
  readonly children: readonly Pick<Child, 'name' | 'exit' | 'lastLines'>[];
  readonly logsDir: string;
  readonly unattended: boolean;
  /** Milliseconds of any clock that only goes forward. */
  readonly now?: () => number;
  readonly tell?: (line: string) => void;
}

/** A worker that has just started, or is busy, may take a while; steps in flight give a sign every few seconds. */
const silenceMs = 20_000;
/** Nobody is there to mend what an unattended demo waits for; a model server under load gets this long. */
const unattendedPatienceMs = 300_000;

/**
 * Notices what no waiting will mend: a process that has ended, a worker that does nothing, or, where nobody attends, an agent that
 * waits for somebody who never comes. Says so, and throws when it is no use to go on.
 */
export function checkOf(checked: Checked): (look: Look) => void {
  const { children, logsDir, unattended, now = () => performance.now(), tell = say } = checked;
  let sign = '';
  let signAt = now();
  let silenceSaid = false;
  let waited = '';
  let waitedFrom = now();
  return (look) => {
    const ended = children.find((child) => child.exit() !== undefined);
    if (ended) throw new SetupError(`The ${ended.name} stopped: ${ended.lastLines() || 'it said nothing'}`);
    const latest = signOfLife(look);
    if (latest !== sign || isAtRest(look)) signAt = now();
    sign = latest;
    const silentMs = now() - signAt;
    if (silentMs > silenceMs && !silenceSaid)
      tell(`The worker has done nothing for ${silenceMs / 1000} s; its log is in ${logsDir}`);
    silenceSaid = silentMs > silenceMs;
    if (!unattended) return;
    if (silentMs > unattendedPatienceMs)
      throw new SetupError(`The worker did nothing any more, and nobody attends; its log is in ${logsDir}`);
    const [waiting] = look.status?.status === 'waiting' ? look.status.interruptions : [];
    // An agent that goes on may have waited for long before anybody attended.
    const one = waiting ? `${waiting.id} ${waiting.since}` : '';
    if (one !== waited) waitedFrom = now();
    waited = one;
    // Approvals are decided by the demo itself, so what waits for long waits for something else.
    if (waiting && now() - waitedFrom > unattendedPatienceMs)
      throw new SetupError(`The agent waits for ${waiting.kind} and nobody attends: ${waiting.summary}`);
  };
}

/** Changes whenever a worker has done anything for the agent: a step has ended, was begun, or gave a heartbeat. */
function signOfLife({ live: { mark, activities } }: Look): string {
  const steps = activities.map(({ id, attempt, state, lastHeartbeatAt }) => [
    id,
    attempt,
    state,
    lastHeartbeatAt,
  ]);
  return JSON.stringify([mark, steps]);
}

/** Nothing is to be done until somebody or something comes. */
function isAtRest({ status }: Look): boolean {
  return status?.status === 'waiting' || status?.status === 'paused';
}
