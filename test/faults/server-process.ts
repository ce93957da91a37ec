import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type DevServer, startDevServer } from '../../temporal/dev-server.ts';
import { freePort } from '../../temporal/free-port.ts';
import { SmallDisk } from './small-disk.ts';

export interface ServerOptions {
  /** A run of an agent is over at so many events, so that short lives have several. */
  readonly eventsPerRun?: number | undefined;
  /** Whether its database is on a disk that can be filled, if this user may mount one. */
  readonly onSmallDisk: boolean;
}

/** The Temporal server of a world and its lanes, on a SQLite file. What befalls it comes one after the other. */
export class ServerProcess {
  /** Undefined: there is none that could be filled. */
  readonly disk: SmallDisk | undefined;
  readonly #start: () => Promise<DevServer>;
  #current: DevServer;
  #calm: Promise<void> = Promise.resolve();

  /** Its files are in this folder, which is made, and its log is beside it. */
  static async start(folder: string, { eventsPerRun, onSmallDisk }: ServerOptions): Promise<ServerProcess> {
    await mkdir(folder);
    const disk = onSmallDisk ? await SmallDisk.mount(folder) : undefined;
    const port = await freePort();
    const start = (): Promise<DevServer> =>
      startDevServer({
        port,
        dbFilename: join(folder, 'temporal.db'),
        logFile: `${folder}.log`,
        ...(eventsPerRun === undefined
          ? {}
          : { dynamicConfig: { 'limit.historyCount.suggestContinueAsNew': eventsPerRun } }),
      });
    return new ServerProcess(disk, start, await start());
  }

  private constructor(disk: SmallDisk | undefined, start: () => Promise<DevServer>, current: DevServer) {
    this.disk = disk;
    this.#start = start;
    this.#current = current;
  }

  get address(): string {
    return this.#current.address;
  }

  /** Kills it, so many times, and starts it again on the same file, each time after a while. */
  restart(awayMs: number, times = 1): Promise<void> {
    return this.#befall(async () => {
      for (let time = 1; time <= times; time += 1) {
        if (time > 1) await pause(betweenRestartsMs);
        this.#current.kill('SIGKILL');
        await this.#current.child.exited;
        await pause(awayMs);
        this.#current = await this.#start();
      }
    });
  }

  /** Leaves it no room for a while. If it ends because of that, it is started again once there is. */
  fillDisk(forMs: number): Promise<void> {
    return this.#befall(async () => {
      await this.disk?.fullFor(forMs);
      if (this.#current.child.exit() !== undefined) this.#current = await this.#start();
    });
  }

  async stop({ keep }: { keep: boolean }): Promise<void> {
    await this.#current.stop();
    await this.disk?.unmount({ keep });
  }

  async #befall(what: () => Promise<void>): Promise<void> {
    await (this.#calm = this.#calm.then(what));
  }
}

/** Long enough for workers to be at work again, too short for them to get far. */
const betweenRestartsMs = 2_000;
