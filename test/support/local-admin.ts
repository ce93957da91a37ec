import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { Client, Connection } from '@temporalio/client';
import type { Express } from 'express';
import winston from 'winston';
import { createApp } from '../../src/client/admin/app.ts';
import { sealing } from '../../src/client/admin/sealing.ts';
import { readAdminEnvironment } from '../../src/client/admin/environment.ts';
import { Hooks } from '../../src/client/admin/hooks.ts';
import { Metrics } from '../../src/client/admin/metrics.ts';
import { listen, type Listening } from '../../src/client/admin/listen.ts';
import { Gateway } from '../../src/client/gateway.ts';
import { GatewayError } from '../../src/client/gateway-error.ts';
import { tokensIn } from '../../src/client/token-file.ts';
import type { NewToken, TokenStore } from '../../src/storage/tokens.ts';
import { type Answer, type AskOptions, askHttp } from './admin.ts';

const HOUR_MS = 3_600_000;

/** The admin server within the test, without Temporal: for what it answers by itself. */
export class LocalAdmin {
  readonly tokens: TokenStore;
  readonly pagesDir: string;
  readonly log: string[];
  /** Everything that it answers. */
  readonly routes: readonly string[];
  readonly #server: Listening;
  readonly #folder: string;

  static async start(env: Readonly<Record<string, string>> = {}): Promise<LocalAdmin> {
    const folder = mkdtempSync(join(tmpdir(), 'perdure-local-admin-'));
    const environment = readAdminEnvironment({ PERDURE_ADMIN_PORT: '0', ...env });
    const tokens = tokensIn(folder);
    const pagesDir = join(folder, 'web');
    mkdirSync(pagesDir);
    const log: string[] = [];
    const stream = new Writable({
      write(line: Buffer, _encoding, next) {
        log.push(line.toString());
        next();
      },
    });
    const transport = new winston.transports.Stream({ stream });
    const logger = winston.createLogger({ format: winston.format.json(), transports: [transport] });
    // Nobody listens there, and nobody asks.
    const client = new Client({ connection: Connection.lazy({ address: '127.0.0.1:1' }) });
    const app = createApp({
      ...{ environment, tokens, pagesDir, logger, seal: sealing(folder) },
      gateway: new Gateway(client, { taskQueue: 'perdure' }),
      metrics: new Metrics(() => Promise.reject(new GatewayError('Unreachable', 'there is no Temporal'))),
      hooks: new Hooks(folder, {}, logger),
      stopping: new AbortController().signal,
    });
    return new LocalAdmin(
      { folder, tokens, pagesDir, log, routes: routesOf(app.router.stack) },
      await listen(app, environment),
    );
  }

  private constructor(
    parts: Pick<LocalAdmin, 'tokens' | 'pagesDir' | 'log' | 'routes'> & { folder: string },
    server: Listening,
  ) {
    this.#folder = parts.folder;
    this.tokens = parts.tokens;
    this.pagesDir = parts.pagesDir;
    this.log = parts.log;
    this.routes = parts.routes;
    this.#server = server;
  }

  get url(): string {
    return this.#server.url;
  }

  ask(method: string, path: string, options?: AskOptions): Promise<Answer> {
    return askHttp(this.url + path, method, options);
  }

  /** Makes a token, a link or a session for an hour, and gives its secret. */
  make(wanted: Pick<NewToken, 'kind' | 'role'> & Partial<NewToken>): string {
    const now = new Date();
    const later = new Date(now.getTime() + HOUR_MS);
    return this.tokens.create({
      ...{ name: 'ann', agents: [], now, expiresAt: later },
      ...(wanted.kind === 'link' ? { sessionUntil: later } : {}),
      ...wanted,
    })!.secret;
  }

  async stop(): Promise<void> {
    this.#server.stop();
    await this.#server.stopped;
    this.tokens.close();
    rmSync(this.#folder, { recursive: true });
  }
}

/** Method and path of every route, as it was written; one that answers every method to refuse it is none. */
function routesOf(layers: Express['router']['stack']): string[] {
  return layers.flatMap(({ route, handle }) => {
    // A router within a router is a function with layers of its own, which its type does not say.
    if (route === undefined) return 'stack' in handle ? routesOf(handle.stack as typeof layers) : [];
    const methods = new Set(route.stack.map(({ method }) => method as string | undefined));
    return [route.path]
      .flat()
      .flatMap((path) => [...methods].flatMap((method) => (method ? `${method.toUpperCase()} ${path}` : [])));
  });
}
