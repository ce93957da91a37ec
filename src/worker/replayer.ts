import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import type proto from '@temporalio/proto';
import {
  DefaultLogger,
  type ReplayResult,
  type ReplayWorkerOptions,
  Runtime,
  Worker,
} from '@temporalio/worker';
import { configuredConverter } from '../payloads/converter.ts';
import { isReadAhead } from '../contracts/read-ahead.ts';
import type { ReplayVerdict } from '../contracts/replay.ts';
import { workflowBundle } from './bundle.ts';
import { partingOf } from './parting.ts';

type History = proto.temporal.api.history.v1.IHistory;
type HistoryEvent = proto.temporal.api.history.v1.IHistoryEvent;

/** The SDK's messages say what they are about in a sentence or two. */
const MAX_REASON_CHARS = 600;

/** Runs the workflow code of this build over histories, one after the other, and tells where they part. */
export class Replayer {
  readonly #results: AsyncIterableIterator<ReplayResult>;
  #next: { workflowId: string; history: History } | undefined;

  static async open(): Promise<Replayer> {
    // What the SDK has to say of a history that does not fit is in the verdict.
    Runtime.install({
      logger: new DefaultLogger('ERROR', () => undefined),
      telemetryOptions: { logging: { filter: 'ERROR', forward: {} } },
      shutdownSignals: [],
    });
    return new Replayer({
      workflowBundle: await workflowBundle({ watched: false }),
      dataConverter: configuredConverter(),
    });
  }

  private constructor(options: ReplayWorkerOptions) {
    this.#results = Worker.runReplayHistories(options, this.#histories());
  }

  /** The SDK takes one history for each result that it is asked for. */
  *#histories(): Generator<{ workflowId: string; history: History }> {
    while (this.#next !== undefined) yield this.#next;
  }

  /** Never rejects because of what a history holds: one that is no history is not compatible either. */
  async judge(agent: string, json: unknown): Promise<ReplayVerdict> {
    const read = historyOf(json);
    if ('problem' in read) return { agent, run: '', events: 0, compatible: false, reason: read.problem };
    const { events } = read;
    const run = events[0]?.workflowExecutionStartedEventAttributes?.originalExecutionRunId ?? '';
    const common = { agent, run, events: events.length };
    const error = await this.#replay(agent, events);
    if (error === undefined) return { ...common, compatible: true };
    const reason = reasonOf(error);
    const place = await this.#placeOf(agent, events);
    return { ...common, compatible: false, parting: partingOf(events, place, reason), reason };
  }

  async close(): Promise<void> {
    await this.#results.return?.();
  }

  async #replay(workflowId: string, events: HistoryEvent[]): Promise<Error | undefined> {
    this.#next = { workflowId, history: { events } };
    const result = await this.#results.next();
    if (result.done === true) throw new Error('the replayer has ended');
    const { error } = result.value;
    // Up to what no worker has taken on yet it fits; how that goes is not in the history.
    return isReadAhead(error) ? undefined : error;
  }

  /**
   * The workflow task in which they part, as the part of the history that replays and the shortest that does not. The SDK
   * names the event only sometimes; so the history is replayed up to its middle, and so on.
   */
  async #placeOf(agent: string, events: HistoryEvent[]): Promise<{ from: number; to: number }> {
    const ends = taskEnds(events);
    let [good, bad] = [-1, ends.length - 1];
    while (bad - good > 1) {
      const middle = Math.floor((good + bad) / 2);
      if (await this.#replay(agent, events.slice(0, ends[middle]))) bad = middle;
      else good = middle;
    }
    return { from: ends[good] ?? 0, to: ends[bad] ?? events.length };
  }
}

/** The SDK's error has Core's in it, sometimes as a dump of a whole failure. */
function reasonOf({ message }: Error): string {
  const words = message.replace(/^.*?Details: /s, '');
  const dumped = /Failure \{ message: "((?:[^"\\]|\\.)*)"/.exec(words)?.[1]?.replaceAll(/\\(.)/g, '$1');
  return (dumped ?? words).slice(0, MAX_REASON_CHARS);
}

/** Where a history may be cut: before each workflow task that comes after one, and at its end. */
function taskEnds(events: readonly HistoryEvent[]): number[] {
  const ends: number[] = [];
  let hasTask = false;
  events.forEach((event, position) => {
    if (event.workflowTaskScheduledEventAttributes && hasTask) ends.push(position);
    if (event.workflowTaskCompletedEventAttributes) hasTask = true;
  });
  return [...ends, events.length];
}

function historyOf(json: unknown): { events: HistoryEvent[] } | { problem: string } {
  try {
    const { events } = historyFromJSON(json);
    if (events?.[0]?.workflowExecutionStartedEventAttributes) return { events };
    return { problem: 'this is not the history of a workflow: it does not begin with the start of one' };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { problem: `this is not a history: ${message.slice(0, MAX_REASON_CHARS)}` };
  }
}
