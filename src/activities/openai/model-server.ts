import { ApplicationFailure } from '@temporalio/common';
import type { PatienceLimits } from './patience.ts';

/** As in the openai package. */
const OPENAI_BASE_URL = 'https://api.openai.com/v1';
/** Models that think, and servers that do not stream, are silent for a while; after this long the connection is taken for dead. */
const SILENCE_TIMEOUT_MS = 120_000;
/** Longer than any useful reply takes, and short enough that a server that trickles does not hold up an agent for hours. */
const TOTAL_TIMEOUT_MS = 600_000;
/** The most that a timer can wait. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1 - 60_000;

export interface OpenAiOptions {
  /** Needed by OpenAI itself; a server of one's own often takes none. */
  readonly apiKey?: string | undefined;
  /** Where `/chat/completions` is; OpenAI by default. */
  readonly baseUrl?: string | undefined;
  /** How long the server may be silent, in milliseconds; two minutes by default. */
  readonly timeoutMs?: number | undefined;
  /** How long a reply may take in all, in milliseconds; ten minutes by default. */
  readonly totalTimeoutMs?: number | undefined;
}

export interface ModelServer {
  readonly baseUrl: string;
  /** Name and port, for messages; never more of the URL, which may hold secrets. */
  readonly host: string;
  /** Empty when there is none. */
  readonly apiKey: string;
  /** Why no call can succeed, where that is known without asking. */
  readonly keyProblem: string | undefined;
  readonly limits: PatienceLimits;
}

/** Checks what was configured. Fails `Invalid` with the variable's name when it can't be used at all. */
export function checkedServer(options: OpenAiOptions): ModelServer {
  const url = checkedUrl(options.baseUrl?.trim() || OPENAI_BASE_URL);
  const apiKey = options.apiKey?.trim() ?? '';
  return {
    baseUrl: url.href,
    host: url.host,
    apiKey,
    keyProblem: keyProblem(apiKey, url),
    limits: {
      silenceMs: checkedTimeout(options.timeoutMs ?? SILENCE_TIMEOUT_MS),
      totalMs: checkedTimeout(options.totalTimeoutMs ?? TOTAL_TIMEOUT_MS),
    },
  };
}

function checkedUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw invalid('OPENAI_BASE_URL must be an http or https URL, like http://localhost:8000/v1');
  }
  if (url.username !== '' || url.password !== '') {
    throw invalid('OPENAI_BASE_URL must not hold a user or password; use OPENAI_API_KEY');
  }
  return url;
}

function checkedTimeout(timeoutMs: number): number {
  if (Number.isInteger(timeoutMs) && timeoutMs > 0 && timeoutMs <= MAX_TIMEOUT_MS) return timeoutMs;
  throw invalid(`A time limit must be between 1 and ${MAX_TIMEOUT_MS} ms`);
}

/** An absent key fails when a model is asked, not before: an agent may well use another model, and a worker does more. */
function keyProblem(apiKey: string, { hostname }: URL): string | undefined {
  if (apiKey === '' && /(^|\.)openai\.com$/.test(hostname)) {
    return 'there is no API key: set OPENAI_API_KEY where the worker runs, or OPENAI_BASE_URL to another server';
  }
  if (/[^\x21-\x7e]/.test(apiKey)) return 'OPENAI_API_KEY holds spaces or characters that no key has';
  return undefined;
}

function invalid(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, 'Invalid');
}
