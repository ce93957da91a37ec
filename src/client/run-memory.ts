import type { AgentState } from '../contracts/state.ts';
import type { TimelineItem } from '../contracts/timeline.ts';
import { timelineOf } from '../core/timeline/project-run.ts';
import { cutShort } from './cut-short.ts';
import type { RunHead } from '../history/read-head.ts';
import type { ReadRun } from '../history/read-run.ts';

/** History events of the runs that are kept together: some dozens of megabytes, and ten agents that somebody looks at. */
const MAX_EVENTS = 60_000;
/** Some numbers each; more runs than the longest chain that is walked. */
const MAX_HEADS = 5_000;

/** A run with its timeline. */
export interface KnownRun {
  readonly runId: string;
  readonly run: ReadRun;
  readonly items: readonly TimelineItem[];
}

/** Where a run begins, of which no more need be known to find the run that somebody asks about. */
export type KnownHead = Pick<RunHead, 'previousRunId'> & {
  readonly initial: Pick<AgentState, 'turn' | 'checkpoint' | 'revision'>;
};

/** Runs that were read lately, by their ids: one that is over never changes, and another one only grows. */
export class RunMemory {
  /** The one that was not asked for longest is the first. */
  readonly #runs = new Map<string, KnownRun>();
  readonly #heads = new Map<string, KnownHead>();
  readonly #readings = new Map<string, Promise<KnownRun>>();

  /** A run that is still as it was read, as far as its length tells; of earlier runs nobody need know it. */
  run(runId: string, eventCount?: number): KnownRun | undefined {
    const known = this.#runs.get(runId);
    if (!known || !(known.run.closing !== undefined || known.run.eventCount === eventCount)) return undefined;
    this.#runs.delete(runId);
    this.#runs.set(runId, known);
    return known;
  }

  keep(runId: string, run: ReadRun): KnownRun {
    const items = cutShort(timelineOf(run.record, run.steps), run.record.state, run.closing);
    const known = { runId, run, items };
    this.#runs.delete(runId);
    this.#runs.set(runId, known);
    let events = [...this.#runs.values()].reduce((sum, one) => sum + one.run.eventCount, 0);
    for (const [oldest, { run: old }] of this.#runs) {
      if (events <= MAX_EVENTS || oldest === runId) break;
      this.#runs.delete(oldest);
      events -= old.eventCount;
    }
    return known;
  }

  /** A run that is over; several who want it at the same moment wait for one reading. */
  async runOrRead(runId: string, read: () => Promise<ReadRun>): Promise<KnownRun> {
    const known = this.run(runId);
    if (known) return known;
    const reading = this.#readings.get(runId) ?? read().then((run) => this.keep(runId, run));
    this.#readings.set(runId, reading);
    try {
      return await reading;
    } finally {
      this.#readings.delete(runId);
    }
  }

  head(runId: string): KnownHead | undefined {
    const run = this.#runs.get(runId)?.run;
    return run ? headOf({ ...run, initial: run.record.initial }) : this.#heads.get(runId);
  }

  keepHead(runId: string, head: AnyHead): KnownHead {
    const known = headOf(head);
    this.#heads.set(runId, known);
    const [oldest] = this.#heads.keys();
    if (this.#heads.size > MAX_HEADS && oldest !== undefined) this.#heads.delete(oldest);
    return known;
  }
}

type AnyHead = Pick<RunHead, 'previousRunId'> & {
  readonly initial: KnownHead['initial'] & Partial<Pick<AgentState, 'start'>>;
};

/** A fork begins where the other agent was, although its first event knows nothing of it yet. */
function headOf({ previousRunId, initial: { turn, checkpoint, revision, start } }: AnyHead): KnownHead {
  const forked = previousRunId === undefined ? start?.fork?.turn : undefined;
  const initial = { turn: forked ?? turn, checkpoint: forked ?? checkpoint, revision };
  return previousRunId === undefined ? { initial } : { initial, previousRunId };
}
