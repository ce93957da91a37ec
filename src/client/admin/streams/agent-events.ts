import type { Gateway } from '../../gateway.ts';
import { GatewayError } from '../../gateway-error.ts';
import { problemOf } from '../middleware/problems.ts';
import type { EventSource, StreamEvent } from './event-stream.ts';
import { slept } from './slept.ts';

/** People see a change within this; asking costs the server a description, and the worker nothing until there is one. */
const QUICK_MS = 500;
/** An agent that waits for weeks is asked no more often than this. */
const SLOW_MS = 4_000;
const SLOWER = 1.3;

/**
 * An agent's transitions and its status after each change, and the words of its model while it writes, until it has ended. An event's id is the revision, so that whoever
 * comes back to any admin server gets the transitions in between, as far as the agent's current run has them.
 */
export function agentEvents(gateway: Gateway, id: string, lastRevision: number | undefined): EventSource {
  return async (send, signal) => {
    let revision = lastRevision;
    let seen: string | undefined;
    let written = '';
    let waitMs = QUICK_MS;
    do {
      try {
        const { mark, open, words = '' } = await gateway.pulse(id);
        const isSame = mark === seen && words === written;
        waitMs = isSame ? Math.min(waitMs * SLOWER, SLOW_MS) : QUICK_MS;
        if (words !== written) send({ event: 'words', data: { text: words } });
        written = words;
        if (mark === seen) continue;
        revision = await sendNews(gateway, id, revision, send);
        seen = mark;
        if (open) continue;
        send({ event: 'end', data: { agent: id } });
        return;
      } catch (error) {
        if (!(error instanceof GatewayError)) throw error;
        send({ event: 'problem', data: problemOf(error.type, error.message, error.help) });
        if (error.type === 'NotFound') return;
        waitMs = SLOW_MS;
      }
    } while (await slept(waitMs, signal));
  };
}

async function sendNews(
  gateway: Gateway,
  id: string,
  known: number | undefined,
  send: (event: StreamEvent) => void,
): Promise<number> {
  const status = await gateway.statusAndPast(id);
  if (known !== undefined && status.revision > known) {
    const { transitions } = await gateway.transitions(id, { from: known + 1 });
    for (const transition of transitions.filter(({ revision }) => revision <= status.revision))
      send({ id: String(transition.revision), event: 'transition', data: transition });
  }
  send({ id: String(status.revision), event: 'status', data: status });
  return status.revision;
}
