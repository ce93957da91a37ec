import { join } from 'node:path';
import { tokensIn } from '../../src/client/token-file.ts';
import type { Role } from '../../src/contracts/role.ts';
import { type Admin, type Answer, startAdmin } from './admin.ts';
import { fromOwnPage, signIn } from './browser-caller.ts';
import type { Stage } from './stage.ts';

const DAY_MS = 86_400_000;

/** Makes a token as `perdure token create` does, and gives its secret. */
export function makeToken(dataDir: string, name: string, role: Role, agents: readonly string[] = []): string {
  const store = tokensIn(dataDir);
  try {
    const now = new Date();
    const expiresAt = new Date(now.getTime() + DAY_MS);
    return store.create({ kind: 'token', name, role, agents: [...agents], now, expiresAt })!.secret;
  } finally {
    store.close();
  }
}

/** Makes a link as `perdure token sign-in` does, and gives its secret. */
function makeLink(dataDir: string, name: string, role: Role): string {
  const store = tokensIn(dataDir);
  try {
    const now = new Date();
    const expiresAt = new Date(now.getTime() + DAY_MS);
    const life = { now, expiresAt, sessionUntil: expiresAt };
    return store.create({ kind: 'link', name, role, agents: [], ...life })!.secret;
  } finally {
    store.close();
  }
}

/** An admin server on a stage, with limits that no test reaches by accident. */
export function startApi(stage: Stage, env: Readonly<Record<string, string>> = {}): Promise<Admin> {
  return startAdmin(
    {
      ...stage.environment,
      PERDURE_AGENTS_DIR: stage.agentsDir,
      PERDURE_DATA_DIR: stage.dataDir,
      PERDURE_ADMIN_REQUESTS_PER_MINUTE: '100000',
      ...env,
    },
    join(stage.folder, 'admin.log'),
  );
}

export interface Reply<Body = Record<string, unknown>> extends Answer {
  /** The answer's JSON, as the test expects it to be; undefined without a body. */
  readonly body: Body;
}

/** Asks as a program with a token does, or as a browser that is signed in. */
export class Caller {
  readonly #admin: Admin;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(admin: Admin, secret?: string, headers: Readonly<Record<string, string>> = {}) {
    this.#admin = admin;
    this.#headers = { ...headers, ...(secret === undefined ? {} : { authorization: `Bearer ${secret}` }) };
  }

  /** As the pages do in a session, with all that their requests bring along. */
  static async signedIn(admin: Admin, dataDir: string, name: string, role: Role): Promise<Caller> {
    const { answer, cookie, csrf } = await signIn(admin, makeLink(dataDir, name, role));
    if (answer.status !== 200) throw new Error(`not signed in: ${answer.text}`);
    return new Caller(admin, undefined, { ...fromOwnPage(admin), cookie, 'x-csrf-token': csrf });
  }

  get<Body = Record<string, unknown>>(path: string): Promise<Reply<Body>> {
    return this.ask('GET', path);
  }

  post<Body = Record<string, unknown>>(
    path: string,
    body: unknown = {},
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Reply<Body>> {
    return this.ask('POST', path, JSON.stringify(body), { 'content-type': 'application/json', ...headers });
  }

  async ask<Body = Record<string, unknown>>(
    method: string,
    path: string,
    body?: string | Buffer,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Reply<Body>> {
    const answer = await this.#admin.ask(method, `/api/v1${path}`, {
      headers: { ...this.#headers, ...headers },
      ...(body === undefined ? {} : { body }),
    });
    const isDocument = /[/+]json\b/.test(answer.headers['content-type'] ?? '');
    // The test says what it expects, and looks at it.
    return { ...answer, body: (isDocument ? JSON.parse(answer.text) : undefined) as Body };
  }
}
