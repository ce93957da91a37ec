import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { tokensIn } from '../src/client/token-file.ts';
import { startChild } from '../temporal/child-process.ts';

const pollMs = 50;
/** A process that has not begun to listen by then never will. */
const GIVE_UP_MS = 30_000;
const DAY_MS = 86_400_000;
/** Each waits for 15 s. */
const MAX_TIMES = 5;

/** The admin server as it is built, and somebody who asks it. */
export interface BenchAdmin {
  readonly get: (path: string) => Promise<Record<string, unknown>>;
  /** Only what may be sent twice: it is, while no worker answers in time. Gives how often. */
  readonly post: (path: string, body: object) => Promise<number>;
  /** An address that signs a browser in, once. */
  readonly signInLink: () => string;
  /** Where its pages are. */
  readonly url: string;
  readonly stop: () => Promise<void>;
}

export async function startBenchAdmin(address: string): Promise<BenchAdmin> {
  const folder = await mkdtemp(join(tmpdir(), 'perdure-bench-admin-'));
  const tokens = tokensIn(folder);
  const now = new Date();
  const expiresAt = new Date(now.getTime() + DAY_MS);
  const secret =
    tokens.create({ kind: 'token', name: 'bench', role: 'admin', agents: [], now, expiresAt })?.secret ?? '';
  tokens.close();
  const logFile = join(folder, 'admin.log');
  const child = await startChild({
    name: 'admin',
    command: process.execPath,
    args: [join(import.meta.dirname, '../dist/client/admin/main.js')],
    env: {
      ...process.env,
      ...{ TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: 'default', PERDURE_DATA_DIR: folder },
      ...{ PERDURE_ADMIN_PORT: '0', PERDURE_ADMIN_REQUESTS_PER_MINUTE: '1000000', LOG_FORMAT: 'json' },
    },
    logFile,
    isEntryPoint: true,
  });
  const origin = await listensAt(logFile);
  const url = `${origin}/api/v1`;
  const ask = async (path: string, body?: object): Promise<Response> => {
    const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' };
    const response = await fetch(url + path, {
      ...{ method: body ? 'POST' : 'GET', headers },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (!response.ok && response.status !== 503)
      throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response;
  };
  return {
    get: async (path) => (await (await ask(path)).json()) as Record<string, unknown>, // Every answer is an object.
    post: async (path, body) => {
      for (let times = 1; times < MAX_TIMES; times += 1) if ((await ask(path, body)).ok) return times;
      throw new Error(`${path}: no worker answers`);
    },
    url: origin,
    signInLink: () => {
      const store = tokensIn(folder);
      const agents: string[] = [];
      const link = store.create({
        ...{ kind: 'link', name: 'bench', role: 'admin', agents, now: new Date() },
        ...{ expiresAt, sessionUntil: expiresAt },
      });
      store.close();
      return `${origin}/sign-in#${link?.secret ?? ''}`;
    },
    stop: async () => {
      await child.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function listensAt(logFile: string): Promise<string> {
  const deadline = performance.now() + GIVE_UP_MS;
  while (performance.now() < deadline) {
    const log = await readFile(logFile, 'utf8');
    const url = /admin ready at (http:\/\/[^" ]+)/.exec(log)?.[1];
    if (url !== undefined) return url;
    await pause(pollMs);
  }
  throw new Error(`the admin server never listened: ${await readFile(logFile, 'utf8')}`);
}
