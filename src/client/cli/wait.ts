import type { Outcome } from '../../contracts/state.ts';
import type { StatusDocument } from '../../contracts/status.ts';
import type { Gateway } from '../gateway.ts';
import type { Session } from './session.ts';
import { oneLine } from './view/text.ts';
import { renderWatchEvent } from './view/watch-view.ts';
import { interruptionLines } from './view/why-view.ts';
import { follow } from './watch.ts';
import { WatchProgress, type WatchEvent } from './watch-progress.ts';

/** Of all that watching shows: the status, who is asked, and what has to be tried again. */
const told: ReadonlySet<WatchEvent['type']> = new Set(['transition', 'approval', 'retry']);

/** Waits for an agent's end, which may take weeks, and says meanwhile on standard error how its status changes. */
export async function waitAndTell(session: Session, gateway: Gateway, id: string): Promise<Outcome> {
  const over = new AbortController();
  void tellChanges(session, gateway, id, over.signal);
  return gateway.result(id).finally(() => {
    over.abort();
  });
}

/** Never fails: what is waited for is the end, which is asked for apart from this. */
async function tellChanges(
  { out, repeatedFlags }: Session,
  gateway: Gateway,
  id: string,
  signal: AbortSignal,
): Promise<void> {
  const note = (text: string): void => {
    if (!signal.aborted && text !== '') out.note(text);
  };
  const waits = new WaitsToTell();
  try {
    await follow(gateway, id, {
      ...{ progress: new WatchProgress(), out, signal, flags: repeatedFlags },
      show: (event) => {
        if (!told.has(event.type)) return;
        note(
          renderWatchEvent(event, { now: Date.now(), colors: out.noteColors, flags: repeatedFlags }).trim(),
        );
      },
      onStatus: (status) => {
        waits.newIn(status).forEach(note);
      },
    });
  } catch (error) {
    const reason = oneLine(error instanceof Error ? error.message : String(error), 300);
    note(`${reason} Its end is still waited for, without what comes before.`);
  }
}

/** Waits for something else than people: those are shown with all that they are asked. */
class WaitsToTell {
  readonly #known = new Set<string>();

  newIn({ interruptions, approvals }: StatusDocument): string[] {
    const others = interruptions.filter(({ id }) => !approvals.some((approval) => approval.id === id));
    const added = others.filter(({ id, since }) => !this.#known.has(`${id} ${since}`));
    for (const { id, since } of added) this.#known.add(`${id} ${since}`);
    return added.map((one) => interruptionLines(one, Date.now()).join('\n  '));
  }
}
