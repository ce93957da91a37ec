import { readFileSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { join } from 'node:path';
import { type Child, startChild } from '../../temporal/child-process.ts';
import { until } from './stage.ts';

const entry = join(import.meta.dirname, '../../dist/client/admin/main.js');

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** The admin server as a process of its own, on a free port. */
export interface Admin {
  readonly url: string;
  readonly child: Child;
  readonly log: () => string;
  readonly ask: (method: string, path: string, options?: AskOptions) => Promise<Answer>;
}

export interface AskOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** Starts it, whatever comes of it. */
export function launchAdmin(env: Readonly<Record<string, string>>, logFile: string): Promise<Child> {
  return startChild({
    name: 'admin',
    command: process.execPath,
    args: [...process.execArgv, entry],
    env: { PATH: process.env['PATH'], PERDURE_ADMIN_PORT: '0', LOG_FORMAT: 'json', ...env },
    logFile,
    isEntryPoint: true,
  });
}

/** Resolves when it listens. */
export async function startAdmin(env: Readonly<Record<string, string>>, logFile: string): Promise<Admin> {
  const child = await launchAdmin(env, logFile);
  const log = (): string => readFileSync(logFile, 'utf8');
  const listens = /admin ready at (http:\/\/[^" ]+)/;
  await until('the admin listens', () => child.exit() !== undefined || listens.test(log()), log);
  const url = listens.exec(log())?.[1];
  if (url === undefined) throw new Error(`the admin has ended: ${log()}`);
  return { url, child, log, ask: (method, path, options) => askHttp(url + path, method, options) };
}

/** Not by `fetch`, which sends no Host that it has not chosen itself. */
export function askHttp(
  url: string,
  method: string,
  { headers = {}, body }: AskOptions = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      answer.on('end', () => {
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
