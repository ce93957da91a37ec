import { randomBytes } from 'node:crypto';
import type { ListedAgent } from '../../../contracts/answers.ts';
import type { Gateway } from '../../gateway.ts';
import { GatewayError } from '../../gateway-error.ts';
import { problemOf } from '../middleware/problems.ts';
import type { StreamEvent } from './event-stream.ts';
import { slept } from './slept.ts';

/** The index is a second behind anyway. */
const QUICK_MS = 1_000;
const SLOW_MS = 5_000;
const SLOWER = 1.3;
/** A look at thousands of agents takes a while: the server has at least this many times as long for others. */
const REST_FACTOR = 4;
/** What readers that come back may have missed; with more they are told everything anew. */
const MAX_KEPT = 1_000;
/** Of a list that is told anew, between two looks at whether the reader keeps up. */
const PART_OF_LIST = 100;
/** For new readers: what has ended, beside all that has not. */
const MAX_ENDED = 500;

type Listener = (event: StreamEvent) => void;

interface Reader {
  readonly listener: Listener;
  /** Whether it may hear of an agent. */
  readonly reaches: (agent: string) => boolean;
  /** Resolves once most of what was told has been taken. */
  readonly taken: () => Promise<void>;
}

interface Change {
  readonly number: number;
  readonly agent: ListedAgent;
}

/**
 * What changes in the list of agents, asked for once for all readers, and only while there are any. Event ids are of this
 * process: to one that it does not know, every agent is told anew. It keeps nothing that can't be had again.
 */
export class AgentFeed {
  readonly #gateway: Pick<Gateway, 'watched'>;
  readonly #readers = new Set<Reader>();
  readonly #epoch = randomBytes(4).toString('hex');
  #agents: ReadonlyMap<string, ListedAgent> = new Map();
  #isComplete = true;
  #lookedAt: Date | undefined;
  #changes: Change[] = [];
  #number = 0;
  #running: AbortController | undefined;

  constructor(gateway: Pick<Gateway, 'watched'>) {
    this.#gateway = gateway;
  }

  /** What was missed since an event, then what comes, until the signal. */
  async follow(lastId: string | undefined, reader: Reader, signal: AbortSignal): Promise<void> {
    const { listener, reaches } = reader;
    if (this.#running === undefined) await this.#look();
    let missed = this.#missedSince(lastId);
    // What changes while a list is told is missed as well.
    while (missed === undefined) missed = this.#missedSince(await this.#tellAll(reader));
    for (const { number, agent } of missed.filter((change) => reaches(change.agent.agent)))
      listener({ id: this.#id(number), event: 'agent', data: agent });
    if (signal.aborted) return;
    this.#readers.add(reader);
    this.#running ??= this.#run();
    await new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => {
        resolve();
      });
    });
    this.#readers.delete(reader);
    if (this.#readers.size > 0) return;
    this.#running.abort();
    this.#running = undefined;
  }

  /** Gives the id of what was told. Only the last event has it: who is cut off before is told everything anew. */
  async #tellAll({ listener, reaches, taken }: Reader): Promise<string> {
    const id = this.#id(this.#number);
    const oldestFirst = [...this.#agents.values()]
      .filter(({ agent }) => reaches(agent))
      .toSorted((one, other) => one.startedAt.localeCompare(other.startedAt));
    const told: StreamEvent[] = [
      { event: 'reset', data: { complete: this.#isComplete } },
      ...oldestFirst.map((agent) => ({ event: 'agent', data: agent })),
    ];
    for (const [index, event] of told.entries()) {
      listener(index === told.length - 1 ? { id, ...event } : event);
      if (index % PART_OF_LIST === PART_OF_LIST - 1) await taken();
    }
    return id;
  }

  /** Undefined when it can't be told. */
  #missedSince(lastId: string | undefined): Change[] | undefined {
    const [epoch, number] = lastId?.split('-') ?? [];
    if (epoch !== this.#epoch || number === undefined || !/^\d{1,15}$/.test(number)) return undefined;
    const last = Number(number);
    const oldest = this.#changes[0]?.number ?? this.#number + 1;
    if (last > this.#number || last + 1 < oldest) return undefined;
    return this.#changes.filter((change) => change.number > last);
  }

  #run(): AbortController {
    const stop = new AbortController();
    void this.#poll(stop.signal);
    return stop;
  }

  async #poll(signal: AbortSignal): Promise<void> {
    let waitMs = QUICK_MS;
    while (await slept(waitMs, signal)) {
      const began = performance.now();
      try {
        const usual = (await this.#look()) ? QUICK_MS : Math.min(waitMs * SLOWER, SLOW_MS);
        waitMs = Math.max(usual, (performance.now() - began) * REST_FACTOR);
      } catch (error) {
        waitMs = SLOW_MS;
        const data =
          error instanceof GatewayError
            ? problemOf(error.type, error.message, error.help)
            : problemOf('Unexpected', 'Something went wrong here.');
        this.#tell({ event: 'problem', data });
      }
    }
  }

  /** Whether anything has changed. */
  async #look(): Promise<boolean> {
    const began = new Date();
    const { agents, isComplete, hasGap } = await this.#gateway.watched(this.#lookedAt);
    this.#lookedAt = began;
    this.#isComplete = isComplete;
    const before = this.#agents;
    this.#agents = new Map([...latestEnded(before), ...agents.map((agent) => [agent.agent, agent] as const)]);
    if (hasGap) {
      // Nobody can be told what they have missed: who comes back is told everything anew.
      this.#changes = [];
      this.#number += 1;
    }
    const changed = agents.filter((agent) => !isSame(before.get(agent.agent), agent)).toReversed();
    for (const agent of changed) {
      this.#number += 1;
      this.#changes.push({ number: this.#number, agent });
      this.#tell({ id: this.#id(this.#number), event: 'agent', data: agent }, agent.agent);
    }
    this.#changes = this.#changes.slice(-MAX_KEPT);
    return changed.length > 0;
  }

  #tell(event: StreamEvent, agent?: string): void {
    for (const { listener, reaches } of this.#readers)
      if (agent === undefined || reaches(agent)) listener(event);
  }

  #id(number: number): string {
    return `${this.#epoch}-${number}`;
  }
}

function isSame(one: ListedAgent | undefined, other: ListedAgent): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Of those that were known to have ended; that of the others is asked again. */
function latestEnded(agents: ReadonlyMap<string, ListedAgent>): (readonly [string, ListedAgent])[] {
  return [...agents]
    .filter(([, { closedAt }]) => closedAt !== undefined)
    .toSorted(([, one], [, other]) => (other.closedAt ?? '').localeCompare(one.closedAt ?? ''))
    .slice(0, MAX_ENDED);
}
