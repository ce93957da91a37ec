import type * as z from 'zod';
import { onceTaken } from './once-taken.ts';
import { Problem, problemOf, UnknownShape } from './problem.ts';

const base = '/api/v1';
/** The server itself waits up to 15 seconds for a worker. */
const GIVE_UP_MS = 30_000;

/** Of the session: sent with every request that changes something, which no page of a stranger can do. */
let csrf: string | undefined;

export function setCsrfToken(token: string | undefined): void {
  csrf = token;
}

interface Sent {
  readonly body?: object | undefined;
  /** Under which the same request may be sent again. */
  readonly key?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Asks the admin API. Fails with a `Problem`, or `UnknownShape` if the answer does not fit the schema. */
export async function get<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  signal?: AbortSignal,
): Promise<z.output<Schema>> {
  return parsed(await onceTaken(() => send('GET', path, { signal }), signal), schema);
}

export async function post<Schema extends z.ZodType>(
  path: string,
  body: object,
  schema: Schema,
  key?: string,
): Promise<z.output<Schema>> {
  return parsed(await send('POST', path, { body, key }), schema);
}

export async function remove(path: string): Promise<void> {
  await send('DELETE', path);
}

async function send(
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  { body, key, signal }: Sent = {},
): Promise<unknown> {
  const timeout = AbortSignal.timeout(GIVE_UP_MS);
  const { response, text } = await answerTo(base + path, {
    method,
    headers: {
      Accept: 'application/json',
      ...(method === 'GET' || csrf === undefined ? {} : { 'X-CSRF-Token': csrf }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(key === undefined ? {} : { 'Idempotency-Key': key }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
  }).catch((error: unknown) => {
    if (signal?.aborted === true) throw error;
    const help = unansweredAdvice(method);
    throw new Problem(0, 'Offline', 'The admin server does not answer.', { help });
  });
  const answer = jsonIn(text);
  if (!response.ok) throw problemOf(response.status, answer, response.headers.get('Retry-After'));
  return answer;
}

/** An answer counts when all of it is there. */
async function answerTo(url: string, request: RequestInit): Promise<{ response: Response; text: string }> {
  const response = await fetch(url, request);
  return { response, text: await response.text() };
}

function unansweredAdvice(method: string): string {
  return method === 'GET'
    ? 'Is it running? This page tries again.'
    : 'Nobody knows whether it has heard this: look before you do it again.';
}

function parsed<Schema extends z.ZodType>(answer: unknown, schema: Schema): z.output<Schema> {
  const result = schema.safeParse(answer);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new UnknownShape(answer, `${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim());
}

function jsonIn(text: string): unknown {
  try {
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return text;
  }
}

/** An id as one part of a path. */
export function pathPart(id: string): string {
  return encodeURIComponent(id);
}
