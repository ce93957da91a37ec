import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Child, startChild } from '../../temporal/child-process.ts';
import { GrpcProxy } from './grpc-proxy.ts';
import { setClock, withClock } from './moved-clock.ts';

interface WorkerSettings {
  /** Folder of the build that runs. */
  readonly build: string;
  /** Where its log is. */
  readonly folder: string;
  /** Address of the Temporal server. */
  readonly target: () => string;
  readonly env: Readonly<Record<string, string>>;
}

const pollMs = 50;
/** Several workers start at once on two cores. */
const startTimeoutMs = 60_000;

/** A worker as it is deployed, that can be killed, stopped for a while, and cut off. */
export class WorkerProcess {
  readonly name: string;
  readonly #settings: WorkerSettings;
  readonly #clockFile: string;
  readonly #clock: ReturnType<typeof withClock>;
  #proxy: GrpcProxy | undefined;
  #child: Child | undefined;
  #stopped = false;

  constructor(name: string, settings: WorkerSettings) {
    this.name = name;
    this.#settings = settings;
    this.#clockFile = join(settings.folder, `clock-${name}`);
    this.#clock = withClock(this.#clockFile);
  }

  get proxy(): GrpcProxy {
    if (this.#proxy === undefined) throw new Error('the worker has not been started');
    return this.#proxy;
  }

  get runs(): boolean {
    return this.#child !== undefined && this.#child.exit() === undefined && !this.#stopped;
  }

  /** Part of the names by which Temporal knows it. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get logFile(): string {
    return join(this.#settings.folder, `worker-${this.name}.log`);
  }

  /**
   * Resolves when the worker says that it is ready. It stays behind the proxy that it has had before, and is started anew
   * when it ends by itself before, as whoever supervises it would do: it ends when no server answers.
   */
  async start(): Promise<void> {
    this.#proxy ??= await GrpcProxy.start(this.#settings.target);
    const deadline = performance.now() + startTimeoutMs;
    for (;;) {
      const from = (await this.#log()).length;
      const child = await this.#begin(this.#proxy);
      while (child.exit() === undefined && performance.now() < deadline) {
        if ((await this.#log()).slice(from).includes('worker ready')) return;
        await pause(pollMs);
      }
      // Who killed or stopped it starts it again.
      const exit = child.exit();
      if (exit?.signal || exit?.code === 0) return;
      if (performance.now() >= deadline)
        throw new Error(`worker ${this.name} did not start: ${child.lastLines()}`);
    }
  }

  async #begin(proxy: GrpcProxy): Promise<Child> {
    const { build, folder, env } = this.#settings;
    this.#child = await startChild({
      name: `worker-${this.name}`,
      command: process.execPath,
      args: [...process.execArgv, ...this.#clock.args, join(build, 'worker/main.js')],
      env: {
        PATH: process.env['PATH'],
        TEMPORAL_ADDRESS: proxy.address,
        FAULTS_WORKER: this.name,
        ...this.#clock.env,
        ...env,
      },
      logFile: join(folder, `worker-${this.name}.log`),
      isEntryPoint: true,
    });
    this.#stopped = false;
    return this.#child;
  }

  /** SIGKILL: resolves when it is gone without having had time for anything. */
  async kill(): Promise<void> {
    this.#child?.kill('SIGKILL');
    await this.#child?.exited;
  }

  suspend(): void {
    this.#child?.kill('SIGSTOP');
    this.#stopped = true;
  }

  wake(): void {
    this.#child?.kill('SIGCONT');
    this.#stopped = false;
  }

  /** It stays so, also for the process that comes after this one. */
  setClock(offMs: number): void {
    setClock(this.#clockFile, offMs);
  }

  async stop(): Promise<void> {
    if (this.#stopped) this.wake();
    await this.#child?.stop();
    await this.#proxy?.close();
  }

  async #log(): Promise<string> {
    return readFile(this.logFile, 'utf8').catch(() => '');
  }
}
