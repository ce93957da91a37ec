import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import type { ModelAnswer } from '../../src/simulator/model-answer.ts';
import { boundariesOf } from './boundaries.ts';
import { diskFor, type Fault, type FaultKind, type Moment } from './fault-kinds.ts';
import type { GrpcCall } from './grpc-proxy.ts';
import type { WorkerProcess } from './worker-process.ts';
import type { World } from './world.ts';

/** Longer than a client waits between two attempts, shorter than a round. */
const silenceMs = 3_000;
/** How often a server dies in a row. */
const restarts = 3;
/** Longer than a disk is full. */
const lockPatienceMs = 120_000;
const lockPauseMs = 100;
/** More than a day, and no whole number of them. It stays so for the rest of the round. */
const clockOffMs = 30 * 3_600_000;
const modelFaults: Partial<Record<FaultKind, ModelAnswer>> = {
  'model: 429 with Retry-After': { fault: 'rate_limit', retryAfter: 1 },
  'model: 429 without Retry-After': { fault: 'rate_limit' },
  'model: 500': { fault: 'status', status: 500 },
  'model: cut stream': { fault: 'cut_stream', afterChars: 20 },
  'model: truncated JSON': { fault: 'truncated_json', tool: 'note' },
  'model: unknown tool': { fault: 'unknown_tool' },
  'model: bad arguments': { fault: 'bad_arguments', tool: 'post' },
  'model: empty reply': { fault: 'empty_reply' },
  'model: wrong content type': { fault: 'wrong_content_type' },
};

/** Carries out the faults of a plan, each at its moment. What has begun and what has ended can be asked. */
export class Injector {
  readonly begun: Fault[] = [];
  lastEndedAt = performance.now();
  readonly #world: World;
  readonly #waiting: Fault[];
  /** There is no disk here that could be filled. */
  readonly #impossible: readonly Fault[];
  readonly #flood: () => Promise<void>;
  readonly #passed = new Map<string, number>();
  readonly #lasting = new Set<Promise<void>>();
  readonly #failures: unknown[] = [];

  /** `flood` sends many messages to one of the agents. */
  constructor(world: World, faults: readonly Fault[], flood: () => Promise<void>) {
    this.#world = world;
    const disks = { server: world.server.disk, workers: world.disk };
    const isPossible = (fault: Fault): boolean => {
      const owner = diskFor(fault);
      return owner === undefined || disks[owner] !== undefined;
    };
    this.#waiting = faults.filter(isPossible);
    this.#impossible = faults.filter((fault) => !isPossible(fault));
    this.#flood = flood;
    this.#watch();
  }

  /** What never came, because its moment did not, or because it can't be done here. */
  get notTried(): readonly Fault[] {
    return [...this.#waiting, ...this.#impossible];
  }

  get isCalm(): boolean {
    return this.#lasting.size === 0;
  }

  /** Resolves when everything that was begun is over, and lets everything pass from then on. */
  async end(): Promise<void> {
    for (const worker of this.#world.workers) worker.proxy.passage = {};
    this.#world.clientProxy.passage = {};
    this.#world.owner.passage = {};
    this.#world.modelPassage = () => Promise.resolve(undefined);
    while (this.#lasting.size > 0) await Promise.all(this.#lasting);
    if (this.#failures.length > 0)
      throw new AggregateError(
        this.#failures,
        `a fault went wrong: ${this.#failures.map(String).join('; ')}`,
      );
  }

  #watch(): void {
    for (const worker of this.#world.workers) {
      const passes = (side: Fault['side']) => (call: GrpcCall) =>
        this.#passAll(boundariesOf(call), side, worker);
      worker.proxy.passage = { before: passes('before'), after: passes('after') };
    }
    const isMessage = ({ method }: GrpcCall): boolean =>
      method === 'UpdateWorkflowExecution' || method === 'SignalWorkflowExecution';
    const message = (side: Fault['side']) => (call: GrpcCall) =>
      this.#passAll(isMessage(call) ? ['message'] : [], side, undefined);
    this.#world.clientProxy.passage = { before: message('before'), after: message('after') };
    const effect = (side: Fault['side']) => (request: { worker: string }) => {
      const worker = this.#world.workers.find(({ name }) => name === request.worker);
      return this.#passAll(['tool-effect'], side, worker);
    };
    this.#world.owner.passage = { before: effect('before'), after: effect('after') };
    this.#world.modelPassage = async () => {
      const fault = this.#due('model-request', 'before');
      if (!fault) return undefined;
      this.#begin(fault);
      if (fault.kind === 'model: silence, then cut connection') {
        await this.#last(pause(silenceMs));
        return { fault: 'cut_stream', afterChars: 0 };
      }
      return modelFaults[fault.kind];
    };
  }

  async #passAll(
    moments: readonly Moment[],
    side: Fault['side'],
    worker: WorkerProcess | undefined,
  ): Promise<'pass' | 'cut'> {
    for (const moment of moments) {
      const fault = this.#due(moment, side);
      if (!fault) continue;
      this.#begin(fault);
      if ((await this.#strike(fault, worker ?? this.#anyWorker(fault))) === 'cut') return 'cut';
    }
    return 'pass';
  }

  /** Counts the passage; the fault that waits for exactly this one is due, and one whose passage came too close to another. */
  #due(moment: Moment, side: Fault['side']): Fault | undefined {
    const place = `${side} ${moment}`;
    const passed = (this.#passed.get(place) ?? 0) + 1;
    this.#passed.set(place, passed);
    const index = this.#waiting.findIndex(
      (fault) => fault.moment === moment && fault.side === side && fault.nth <= passed,
    );
    return index < 0 ? undefined : this.#waiting.splice(index, 1)[0];
  }

  #begin(fault: Fault): void {
    this.begun.push(fault);
    this.lastEndedAt = performance.now();
  }

  /** Remembers what lasts, so that the round knows when calm returns. What goes wrong with it fails the round at its end. */
  #last(work: Promise<unknown>): Promise<void> {
    const lasting = work
      .catch((error: unknown) => {
        this.#failures.push(error);
      })
      .then(() => {
        this.#lasting.delete(lasting);
        this.lastEndedAt = performance.now();
      });
    this.#lasting.add(lasting);
    return lasting;
  }

  #anyWorker({ nth }: Fault): WorkerProcess {
    const { workers } = this.#world;
    const worker = workers[nth % workers.length];
    if (!worker) throw new Error('there are no workers');
    return worker;
  }

  async #strike(fault: Fault, worker: WorkerProcess): Promise<'pass' | 'cut'> {
    const { kind, lastsMs } = fault;
    const { clientProxy, workers } = this.#world;
    switch (kind) {
      case 'worker SIGKILL':
        await worker.kill();
        void this.#last(worker.start());
        return 'cut';
      case 'all workers SIGKILL at once':
        await Promise.all(workers.map((each) => each.kill()));
        void this.#last(Promise.all(workers.map((each) => each.start())));
        return 'cut';
      case 'worker SIGSTOP past the heartbeat, then SIGCONT':
        worker.suspend();
        await this.#last(
          pause(lastsMs).then(() => {
            worker.wake();
          }),
        );
        return 'pass';
      case 'worker: connections cut':
        worker.proxy.cut();
        return 'cut';
      case 'worker: requests held up, delivered late':
        worker.proxy.block('requests', this.#last(pause(lastsMs)), 'pass');
        return 'pass';
      case 'worker: answers held up, then lost':
        worker.proxy.block('answers', this.#last(pause(lastsMs)), 'cut');
        return 'pass';
      case 'worker: cut off in both directions':
        worker.proxy.block('both', this.#last(pause(lastsMs)), 'cut');
        return 'pass';
      case 'client: connections cut':
        clientProxy.cut();
        return 'cut';
      case 'client: cut off in both directions':
        clientProxy.block('both', this.#last(pause(lastsMs)), 'cut');
        return 'pass';
      case 'worker: acknowledgement lost after commit':
      case 'client: acknowledgement lost after commit':
      case "effect's owner: acknowledgement lost":
        return 'cut';
      case 'message flood, each twice':
        void this.#last(this.#flood());
        return 'pass';
      default:
        return this.#strikeMachine(fault, worker);
    }
  }

  /** What processes rely on: their server, their disks, their clocks, files that they share. */
  #strikeMachine({ kind, lastsMs }: Fault, worker: WorkerProcess): 'pass' | 'cut' {
    const { server, disk, ledgerFile } = this.#world;
    switch (kind) {
      case 'server SIGKILL and restart':
        void this.#last(server.restart(lastsMs));
        return 'cut';
      case 'server SIGKILL and restart, again and again':
        void this.#last(server.restart(lastsMs, restarts));
        return 'cut';
      case 'server: disk full':
        void this.#last(server.fillDisk(lastsMs));
        return 'pass';
      case 'workers: disk full':
        void this.#last(disk?.fullFor(lastsMs) ?? Promise.resolve());
        return 'pass';
      case 'worker: clock set forward':
        worker.setClock(clockOffMs);
        return 'pass';
      case 'worker: clock set back':
        worker.setClock(-clockOffMs);
        return 'pass';
      case 'ledger locked':
        void this.#last(lock(ledgerFile, lastsMs));
        return 'pass';
      default:
        throw new Error(`${kind} is not a fault of a process or of what it relies on`);
    }
  }
}

/** Somebody else writes to the ledger for that long, once nobody else does, and there is room on its disk for its lock. */
async function lock(file: string, forMs: number): Promise<void> {
  const patience = AbortSignal.timeout(lockPatienceMs);
  let database = lockedNow(file);
  while (typeof database === 'string') {
    if (patience.aborted) throw new Error(`the ledger could not be locked: ${database}`);
    await pause(lockPauseMs);
    database = lockedNow(file);
  }
  await pause(forMs);
  database.exec('ROLLBACK');
  database.close();
}

function lockedNow(file: string): DatabaseSync | string {
  const database = new DatabaseSync(file);
  try {
    database.exec('BEGIN IMMEDIATE');
    return database;
  } catch (error) {
    database.close();
    return String(error);
  }
}
