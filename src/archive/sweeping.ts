import { setImmediate as othersTurn } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Sweep } from '../contracts/archive-sweep.ts';
import { backoff } from '../core/pause.ts';
import type { SweepMark, Trouble } from '../storage/sweeps.ts';
import { archiveRun, type ArchivePlaces, RunTrouble } from './archiving.ts';
import { type ClosedRun, closedRuns } from './closed-runs.ts';

/** The server's index may be behind by as much, so that what closed so long before the mark is listed again. */
const LAG_MS = 10 * 60_000;
/** A sweep that is asked for every minute is over before the next one. */
const MAX_SWEEP_MS = 45_000;
/** A disk that is full is looked at within days. */
const GIVE_UP_MS = 7 * 24 * 3_600_000;
const FIRST_RETRY_MS = 60_000;
const MAX_RETRY_MS = 3_600_000;
/** Of those that are due; the next sweep has the others. */
const MAX_RETRIES = 50;

export interface SweepOptions {
  readonly taskQueue: string;
  /** Everything that closed before, by the server's clock, in milliseconds. */
  readonly until: number;
  /** A longer history would not fit into this process's memory. */
  readonly maxHistoryBytes: number;
  /** Ends it between two runs. */
  readonly signal: AbortSignal;
  readonly onArchived: () => void;
  /** Told of what can't be archived. */
  readonly report: (line: string) => void;
}

/**
 * Archives what has closed since the last sweep, in the order in which it did, as much as there is time for. How far it has come is
 * written down when everything before that is stored or noted as a trouble, so that a kill at any time costs only the time since.
 * Troubles are tried again, ever less often, for a week.
 */
export async function sweep(client: Client, places: ArchivePlaces, options: SweepOptions): Promise<Sweep> {
  const { taskQueue, until } = options;
  const { namespace } = client.options;
  const { sweeps } = places.store;
  const deadline = performance.now() + MAX_SWEEP_MS;
  const one = new Sweeping(client, places, options, () => performance.now() > deadline);
  const mark = await sweeps.mark(namespace, taskQueue);
  const from = mark ? beginning(mark, until) : 0;
  for await (const { runs, to } of closedRuns(client, { from, until, taskQueue })) {
    if (!(await one.archiveAll(runs))) return one.result(true);
    const far = mark && !isAhead(mark, until) ? Math.max(to, Date.parse(mark.sweptTo)) : to;
    const reached = { sweptTo: new Date(far).toISOString(), at: new Date().toISOString() };
    await sweeps.advance(namespace, taskQueue, reached, new Date(until).toISOString());
  }
  await one.retryTroubles();
  return one.result(false);
}

/** Whether the server's clock was ahead when the mark was set: of what has closed since, nothing may have been listed. */
function isAhead({ sweptTo }: SweepMark, until: number): boolean {
  return Date.parse(sweptTo) > until;
}

/** When the mark was set by this machine's clock is all that is known of one that is ahead. What is listed once more is known already. */
function beginning(mark: SweepMark, until: number): number {
  const swept = isAhead(mark, until) ? Math.min(until, Date.parse(mark.at)) : Date.parse(mark.sweptTo);
  return swept - LAG_MS;
}

class Sweeping {
  readonly #client: Client;
  readonly #places: ArchivePlaces;
  readonly #options: SweepOptions;
  readonly #isLate: () => boolean;
  readonly #failed: { agent: string; runId: string; reason: string }[] = [];
  #archived = 0;

  constructor(client: Client, places: ArchivePlaces, options: SweepOptions, isLate: () => boolean) {
    this.#client = client;
    this.#places = places;
    this.#options = options;
    this.#isLate = isLate;
  }

  result(more: boolean): Sweep {
    return { archived: this.#archived, failed: this.#failed, more };
  }

  /** Whether there was time for all. */
  async archiveAll(runs: readonly ClosedRun[]): Promise<boolean> {
    const { store } = this.#places;
    if (runs.length === 0) return true;
    const ids = runs.map(({ runId }) => runId);
    const known = await store.known(ids);
    const noted = await store.sweeps.noted(ids);
    for (const run of runs) {
      if (known.has(run.runId) || noted.has(run.runId)) continue;
      if (this.#isOver) return false;
      await this.#archive(run, undefined);
    }
    return true;
  }

  async retryTroubles(): Promise<void> {
    const { namespace } = this.#client.options;
    const now = new Date().toISOString();
    for (const trouble of await this.#places.store.sweeps.due(namespace, now, MAX_RETRIES)) {
      if (this.#isOver) return;
      await this.#archive(trouble, trouble);
    }
  }

  get #isOver(): boolean {
    return this.#options.signal.aborted || this.#isLate();
  }

  async #archive(
    run: Pick<ClosedRun, 'agent' | 'runId' | 'historyBytes'>,
    earlier: Trouble | undefined,
  ): Promise<void> {
    const { maxHistoryBytes, onArchived } = this.#options;
    const { runId, historyBytes } = run;
    try {
      if (historyBytes > maxHistoryBytes) throw tooLong(historyBytes);
      if ((await archiveRun(this.#client, this.#places, run)) === 'archived') {
        this.#archived += 1;
        onArchived();
      }
      if (earlier) await this.#places.store.sweeps.settle(runId);
    } catch (error) {
      if (!(error instanceof RunTrouble)) throw error;
      await this.#note(run, error, earlier);
    }
    // Reading a run takes computing, and whatever else this thread does has waited for it.
    await othersTurn();
  }

  async #note(
    { agent, runId, historyBytes }: Pick<ClosedRun, 'agent' | 'runId' | 'historyBytes'>,
    error: RunTrouble,
    earlier: Trouble | undefined,
  ): Promise<void> {
    const { sweeps } = this.#places.store;
    const { report } = this.#options;
    const reason = error.message;
    this.#failed.push({ agent, runId, reason });
    if (error.isGone) {
      report(`run ${runId} of ${agent} can't be archived: ${reason}`);
      if (earlier) await sweeps.settle(runId);
      return;
    }
    const now = Date.now();
    const attempts = (earlier?.attempts ?? 0) + 1;
    const since = earlier?.since ?? new Date(now).toISOString();
    const isGivenUp = now - Date.parse(since) > GIVE_UP_MS;
    if (!earlier || isGivenUp)
      report(`run ${runId} of ${agent}: ${reason}${isGivenUp ? '; it is not tried again' : ''}`);
    const wait = backoff(attempts - 1, FIRST_RETRY_MS, MAX_RETRY_MS);
    const next = isGivenUp ? {} : { nextAt: new Date(now + wait).toISOString() };
    const trouble = { agent, runId, historyBytes, since, attempts, reason, ...next };
    await sweeps.note(this.#client.options.namespace, trouble);
  }
}

function tooLong(bytes: number): RunTrouble {
  return new RunTrouble(
    `its history of ${Math.round(bytes / 1_000_000)} MB does not fit into the memory of this worker: ` +
      `give it more (NODE_OPTIONS=--max-old-space-size=<megabytes>), or run perdure archive sync`,
  );
}
