import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmod, chown, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Child, startChild } from '../../temporal/child-process.ts';
import { runCommand } from '../../temporal/command.ts';
import { freePort } from '../../temporal/free-port.ts';
import { SetupError } from '../../temporal/setup-error.ts';
import type { ClusterPrograms } from './programs.ts';

const run = promisify(execFile);

type User = NonNullable<Parameters<typeof startChild>[0]['user']>;

/** PostgreSQL goes through its log after a crash before it listens. */
const startTimeoutMs = 60_000;
const pollMs = 100;
const lookTimeoutMs = 5_000;

/** A PostgreSQL with an empty data folder of its own, on the loopback interface and with a password, as in production. */
export class Database {
  readonly port: number;
  readonly user = 'temporal';
  readonly password: string;
  readonly #folder: string;
  readonly #programs: ClusterPrograms;
  readonly #owner: User | undefined;
  #child: Child | undefined;

  static async create(programs: ClusterPrograms, folder: string): Promise<Database> {
    const owner = await ownerOfData();
    await mkdir(join(folder, 'postgres'));
    const password = randomUUID();
    const passwordFile = join(folder, 'postgres', 'password');
    await writeFile(passwordFile, password, { mode: 0o600 });
    if (owner !== undefined) {
      // PostgreSQL's user must get into the folder of whoever runs the tests.
      await chmod(folder, 0o711);
      for (const path of [join(folder, 'postgres'), passwordFile]) await chown(path, owner.uid, owner.gid);
    }
    const database = new Database(programs, folder, await freePort(), password, owner);
    const locale = ['--encoding=UTF8', '--locale=C'];
    const access = [`--username=${database.user}`, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
    await run(programs.initdb, [`--pgdata=${database.#data}`, ...locale, ...access], {
      ...owner,
      cwd: folder,
    });
    await rm(passwordFile);
    await database.#start();
    return database;
  }

  private constructor(
    programs: ClusterPrograms,
    folder: string,
    port: number,
    password: string,
    owner: User | undefined,
  ) {
    this.#programs = programs;
    this.#folder = folder;
    this.port = port;
    this.password = password;
    this.#owner = owner;
  }

  /** SIGKILL, as by a machine that runs out of memory, then a new process on the same data. */
  async restart(): Promise<void> {
    this.#child?.kill('SIGKILL');
    await this.#child?.exited;
    await this.#start();
  }

  async stop(): Promise<void> {
    // SIGTERM would wait until every client has gone; SIGINT ends their sessions.
    this.#child?.kill('SIGINT');
    await this.#child?.stop();
  }

  get #data(): string {
    return join(this.#folder, 'postgres', 'data');
  }

  async #start(): Promise<void> {
    const deadline = performance.now() + startTimeoutMs;
    for (;;) {
      const child = await this.#launch();
      while (child.exit() === undefined) {
        if (await this.#letsIn()) return;
        if (performance.now() > deadline) throw new SetupError('PostgreSQL lets nobody in.');
        await pause(pollMs);
      }
      // The sessions of one that was killed end a moment later, and until then their memory is in its way.
      if (performance.now() > deadline || !/shared memory|lock file/.test(child.lastLines()))
        throw new SetupError(`PostgreSQL does not start: ${child.lastLines()}`);
      await pause(pollMs);
    }
  }

  async #launch(): Promise<Child> {
    const settings = [`port=${this.port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories='];
    const child = await startChild({
      name: 'postgres',
      command: this.#programs.postgres,
      args: ['-D', this.#data, ...settings.flatMap((setting) => ['-c', setting])],
      env: process.env,
      logFile: join(this.#folder, 'postgres.log'),
      isEntryPoint: false,
      ...(this.#owner ? { user: this.#owner } : {}),
    });
    this.#child = child;
    return child;
  }

  /** It listens before it lets anybody in: first it goes through what it had confirmed when it was killed. */
  async #letsIn(): Promise<boolean> {
    const where = ['--host=127.0.0.1', `--port=${this.port}`, `--username=${this.user}`, '--dbname=postgres'];
    return (await runCommand(this.#programs.pgIsReady, where, lookTimeoutMs)).ok;
  }
}

/** PostgreSQL refuses to run as root; its package brings a user for that. */
async function ownerOfData(): Promise<User | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map((flag) => runCommand('id', [flag, 'postgres'], 5_000)),
  );
  if (uid?.ok !== true || gid?.ok !== true)
    throw new SetupError(
      'PostgreSQL can not run as root, and there is no user "postgres": run "useradd postgres".',
    );
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}
