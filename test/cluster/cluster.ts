import { execFile } from 'node:child_process';
import { randomInt, randomUUID } from 'node:crypto';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Connection } from '@temporalio/client';
import { parse, stringify } from 'yaml';
import * as z from 'zod';
import { type Child, startChild } from '../../temporal/child-process.ts';
import { isFree } from '../../temporal/free-port.ts';
import { temporalCli } from '../../temporal/servers.ts';
import { SetupError } from '../../temporal/setup-error.ts';
import { Database } from './database.ts';
import { type ClusterPrograms, clusterPrograms } from './programs.ts';

const run = promisify(execFile);

const shipped = join(import.meta.dirname, '../../temporal/cluster');
/** As the server reads it: each key has values, each for all or for some. */
const DynamicConfig = z.record(z.string(), z.array(z.looseObject({ value: z.unknown() })));

const services = ['FRONTEND', 'HISTORY', 'MATCHING', 'WORKER'];
const startTimeoutMs = 60_000;
const pollMs = 100;
/** Nearly every port of that range is free nearly everywhere. */
const portAttempts = 100;

/**
 * The production server as plain processes: PostgreSQL and a Temporal server with the files that `compose.yaml` mounts,
 * prepared by the scripts that it runs. Only the environment is another one.
 */
export class Cluster {
  readonly database: Database;
  readonly address: string;
  readonly #programs: ClusterPrograms;
  readonly #folder: string;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #cli: string;
  #server: Child | undefined;

  /** All its files are in the folder, which the caller removes. */
  static async create(folder: string): Promise<Cluster> {
    const programs = await clusterPrograms();
    const cli = await temporalCli();
    const database = await Database.create(programs, folder);
    const environment: NodeJS.ProcessEnv = {
      PATH: process.env['PATH'],
      TEMPORAL_SERVER_CONFIG_FILE_PATH: join(shipped, 'server.yaml'),
      TEMPORAL_ALLOW_NO_AUTH: 'true',
      DYNAMIC_CONFIG_FILE: join(folder, 'dynamic-config.yaml'),
      POSTGRES_PORT: String(database.port),
      POSTGRES_USER: database.user,
      POSTGRES_PASSWORD: database.password,
    };
    for (const service of services) {
      environment[`${service}_GRPC_PORT`] = String(await freeLowPort());
      environment[`${service}_MEMBERSHIP_PORT`] = String(await freeLowPort());
    }
    await copyFile(join(shipped, '../dynamic-config.yaml'), join(folder, 'dynamic-config.yaml'));
    const cluster = new Cluster(programs, folder, database, environment, cli);
    try {
      await cluster.#prepareSchema();
      await cluster.#startServer();
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  private constructor(
    programs: ClusterPrograms,
    folder: string,
    database: Database,
    environment: NodeJS.ProcessEnv,
    cli: string,
  ) {
    this.#programs = programs;
    this.#folder = folder;
    this.database = database;
    this.#environment = environment;
    this.#cli = cli;
    this.address = `127.0.0.1:${environment['FRONTEND_GRPC_PORT'] ?? ''}`;
  }

  /** A new namespace, made by the shipped script, in which these settings hold beside the shipped ones. */
  async createNamespace(dynamicConfig: Readonly<Record<string, number>>): Promise<string> {
    // None is the beginning of another, so that each is found in the log.
    const namespace = `test-${randomUUID().slice(0, 8)}`;
    await run(join(shipped, 'namespace.sh'), [], {
      env: {
        PATH: `${dirname(this.#cli)}${delimiter}${process.env['PATH'] ?? ''}`,
        TEMPORAL_ADDRESS: this.address,
        TEMPORAL_NAMESPACE: namespace,
      },
    });
    for (const [key, value] of Object.entries(dynamicConfig))
      await this.#setForNamespace(namespace, key, value);
    return namespace;
  }

  /** SIGKILL of all four services at once, then a new process on the same database and ports. */
  async restartServer(): Promise<void> {
    this.#server?.kill('SIGKILL');
    await this.#server?.exited;
    await this.#startServer();
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
    await this.database.stop();
  }

  async #prepareSchema(): Promise<void> {
    const env = {
      PATH: process.env['PATH'],
      TEMPORAL_SQL_TOOL: this.#programs.sqlTool,
      SQL_HOST: '127.0.0.1',
      SQL_PORT: String(this.database.port),
      SQL_USER: this.database.user,
      SQL_PASSWORD: this.database.password,
    };
    // Twice: an upgrade runs it on a database that is in use.
    for (let time = 1; time <= 2; time += 1) await run(join(shipped, 'schema.sh'), [], { env });
  }

  /** Starts it again when it ends by itself, as compose does: it ends when it finds no database. */
  async #startServer(): Promise<void> {
    const deadline = performance.now() + startTimeoutMs;
    let child = await this.#launch();
    while (!(await this.#answers())) {
      if (performance.now() > deadline)
        throw new SetupError(`The Temporal server does not start: ${child.lastLines()}`);
      await pause(pollMs);
      if (child.exit() !== undefined) child = await this.#launch();
    }
  }

  async #launch(): Promise<Child> {
    this.#server = await startChild({
      name: 'temporal-server',
      command: this.#programs.temporalServer,
      args: ['start'],
      env: this.#environment,
      logFile: this.#logFile,
      isEntryPoint: false,
    });
    return this.#server;
  }

  async #answers(): Promise<boolean> {
    try {
      const connection = await Connection.connect({ address: this.address, connectTimeout: 2_000 });
      await connection.close();
      return true;
    } catch {
      return false;
    }
  }

  get #logFile(): string {
    return join(this.#folder, 'temporal-server.log');
  }

  /** A value for one namespace goes into the server's copy of the file, which it reads again every few seconds. */
  async #setForNamespace(namespace: string, key: string, value: number): Promise<void> {
    const file = join(this.#folder, 'dynamic-config.yaml');
    const settings = DynamicConfig.parse(parse(await readFile(file, 'utf8')));
    (settings[key] ??= []).push({ value, constraints: { namespace } });
    await writeFile(file, stringify(settings));
    const deadline = performance.now() + startTimeoutMs;
    const isRead = async (): Promise<boolean> => {
      const log = await readFile(this.#logFile, 'utf8');
      return log
        .split('\n')
        .some((line) => line.includes('dynamic config changed') && line.includes(namespace));
    };
    while (!(await isRead())) {
      if (performance.now() > deadline) throw new Error(`the server never read ${key} for ${namespace}`);
      await pause(pollMs);
    }
  }
}

/** The server writes its ports into the database as numbers below 32,768, and free ones by chance are mostly above. */
async function freeLowPort(): Promise<number> {
  for (let attempt = 0; attempt < portAttempts; attempt += 1) {
    const port = randomInt(20_000, 32_000);
    if (await isFree(port)) return port;
  }
  throw new SetupError('No port between 20000 and 32000 is free.');
}
