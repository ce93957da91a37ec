import { accountName } from '../../runtime/account-name.ts';
import type { Connected, ConnectionSettings } from '../connection.ts';
import type { Gateway } from '../gateway.ts';
import type { ArchiveStore } from '../../storage/archive.ts';
import type { Output } from './output.ts';
import { commandLine, oneLine } from './view/text.ts';

/** Flags that every command takes, named as Temporal's own CLI names them. */
export interface GlobalOptions {
  readonly address?: string;
  readonly namespace?: string;
  readonly profile?: string;
  readonly apiKey?: string;
  readonly tls?: boolean;
  readonly tlsCertPath?: string;
  readonly tlsKeyPath?: string;
  readonly tlsCaPath?: string;
  readonly tlsServerName?: string;
  readonly taskQueue?: string;
  readonly output?: string;
  readonly json?: boolean;
  readonly color?: boolean;
  readonly verbose?: boolean;
}

/** What a command works with. It connects only when it first needs the server, and once. */
export class Session {
  readonly out: Output;
  readonly options: GlobalOptions;
  #connected: Promise<Connected> | undefined;
  #hasNotedHistory = false;
  #archive: ArchiveStore | undefined;
  readonly #notes = new Set<string>();

  constructor(out: Output, options: GlobalOptions) {
    this.out = out;
    this.options = options;
  }

  /** Once a command: with several agents the answer would drown in it. */
  #noteHistory(reason = 'No worker answered.'): void {
    if (!this.#hasNotedHistory)
      this.out.note(
        `${oneLine(reason, 500)} So this was read from the history; what came since is not in it.`,
      );
    this.#hasNotedHistory = true;
  }

  get taskQueue(): string {
    // An empty variable means that it is not set, here as in the worker.
    return this.options.taskQueue ?? (process.env['PERDURE_TASK_QUEUE'] || 'perdure');
  }

  /** Who acts, unless --by says otherwise. */
  get user(): string {
    const { USER, LOGNAME } = process.env;
    return USER || LOGNAME || accountName();
  }

  /** Loaded late, as everything of Temporal's: `--help` and mistakes in arguments need none of it. */
  async settings(): Promise<ConnectionSettings> {
    const { connectionSettings } = await import('../connection.ts');
    return connectionSettings({ ...process.env, ...asEnvironment(this.options) });
  }

  async connected(): Promise<Connected> {
    const { connect } = await import('../connection.ts');
    this.#connected ??= this.settings().then(connect);
    return this.#connected;
  }

  /** Where the files of worker and admin server are. An empty variable means that it is not set, here as there. */
  get dataDir(): string {
    return process.env['PERDURE_DATA_DIR'] || '.perdure';
  }

  async archive(): Promise<ArchiveStore> {
    const { archiveIn } = await import('../archive-file.ts');
    this.#archive ??= archiveIn(this.dataDir);
    return this.#archive;
  }

  #noteOnce(text: string): void {
    if (!this.#notes.has(text)) this.out.note(text);
    this.#notes.add(text);
  }

  async gateway(options: { answerTimeoutMs?: number } = {}): Promise<Gateway> {
    const { Gateway } = await import('../gateway.ts');
    const { client } = await this.connected();
    return new Gateway(client, {
      taskQueue: this.taskQueue,
      onReadFromHistory: (_agent, reason) => {
        this.#noteHistory(reason);
      },
      archive: await this.archive(),
      onReadFromArchive: (agent) => {
        this.#noteOnce(
          `Temporal does not have all of ${oneLine(agent, 200)} any more: read from the archive.`,
        );
      },
      onArchiveProblem: (problem) => {
        this.#noteOnce(`Agents that only the archive knows are missing: ${oneLine(problem, 500)}`);
      },
      ...options,
    });
  }

  /** Flags to add to a command line that is shown, so that it reaches the same server. The API key is never shown. */
  get repeatedFlags(): string[] {
    const { address, namespace, profile, tls, tlsCertPath, tlsKeyPath, tlsCaPath, tlsServerName } =
      this.options;
    // Temporal's own tool has the same flags.
    const flags: [string, string | undefined][] = [
      ['--address', address],
      ['--namespace', namespace],
      ['--profile', profile],
      ['--tls-cert-path', tlsCertPath],
      ['--tls-key-path', tlsKeyPath],
      ['--tls-ca-path', tlsCaPath],
      ['--tls-server-name', tlsServerName],
    ];
    const given = flags.flatMap(([flag, value]) => (value === undefined ? [] : [flag, value]));
    return tls === true ? [...given, '--tls'] : given;
  }

  /** A line to be shown, which does what it says on the same server. */
  lineFor(...words: readonly string[]): string {
    return commandLine(['perdure', ...words, ...this.repeatedFlags]);
  }

  async close(): Promise<void> {
    const connected = await this.#connected?.catch(() => undefined);
    await connected?.connection.close();
    await this.#archive?.close();
  }
}

/** A flag stands for the variable of the same meaning and wins over it. */
function asEnvironment(options: GlobalOptions): Record<string, string | undefined> {
  const pairs: [string, string | undefined][] = [
    ['TEMPORAL_ADDRESS', options.address],
    ['TEMPORAL_NAMESPACE', options.namespace],
    ['TEMPORAL_PROFILE', options.profile],
    ['TEMPORAL_API_KEY', options.apiKey],
    ['TEMPORAL_TLS', options.tls === undefined ? undefined : String(options.tls)],
    ['TEMPORAL_TLS_CLIENT_CERT_PATH', options.tlsCertPath],
    ['TEMPORAL_TLS_CLIENT_KEY_PATH', options.tlsKeyPath],
    ['TEMPORAL_TLS_SERVER_CA_CERT_PATH', options.tlsCaPath],
    ['TEMPORAL_TLS_SERVER_NAME', options.tlsServerName],
  ];
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined));
}

/** A command: does its work and returns an exit code, 0 when it returns none. */
export type Work = (session: Session) => Promise<number | undefined>;
export type Run = (work: Work) => Promise<void>;
