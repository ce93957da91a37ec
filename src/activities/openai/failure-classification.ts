import { ApplicationFailure } from '@temporalio/common';
import { APIConnectionError, APIConnectionTimeoutError, APIError } from 'openai';
import { failures } from '../../contracts/failures.ts';
import { type Complaint, readComplaint } from './error-body.ts';
import { ModelFault, type ModelFailureType } from './model-fault.ts';
import { retryAfterMs } from './retry-after.ts';

/** What a status means when the server's words do not say more. */
const byStatus: Readonly<Record<number, ModelFailureType>> = {
  400: 'ModelRejected',
  401: 'ModelAuthentication',
  // Out of credit: like a wrong key it needs a person, and waiting does not help.
  402: 'ModelAuthentication',
  403: 'ModelAuthentication',
  404: 'ModelNotFound',
  // The address exists but is no chat completions endpoint.
  405: 'ModelNotFound',
  408: 'ModelTimeout',
  409: 'ModelUnavailable',
  410: 'ModelNotFound',
  413: 'ContextTooLong',
  422: 'ModelRejected',
  423: 'ModelUnavailable',
  425: 'ModelUnavailable',
  429: 'ModelRateLimited',
  499: 'ModelUnavailable',
};

/** Words that say more than the status, for the statuses that servers use for several things. The first that fits counts. */
const byWords: readonly { statuses: readonly number[]; words: RegExp; type: ModelFailureType }[] = [
  {
    statuses: [400, 403, 429],
    words: /insufficient_quota|billing_(hard_limit|not_active)|exceeded your current quota|credit balance/,
    type: 'ModelAuthentication',
  },
  { statuses: [400], words: /invalid_api_key|api key not valid/, type: 'ModelAuthentication' },
  { statuses: [400], words: /model_not_found|model .*(does not exist|not found)/, type: 'ModelNotFound' },
  {
    statuses: [400, 422, 500],
    words:
      /context_length_exceeded|exceed_context_size|maximum context length|context (length|window|size)|prompt is too long|too many (input )?tokens|reduce the length of the messages/,
    type: 'ContextTooLong',
  },
  // A single request over the limit of a whole minute is never let through, however long one waits.
  { statuses: [429], words: /request too large/, type: 'ContextTooLong' },
];

/** Words by which an error inside a stream, where there is no status, names its kind. */
const statusOfKind: readonly (readonly [RegExp, number])[] = [
  [/insufficient_quota|rate_limit|too_many_requests/, 429],
  [/authentication|invalid_api_key/, 401],
  [/permission/, 403],
  [/not_found/, 404],
  [/context_length|invalid_request/, 400],
];

const timeoutCodes = new Set([
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'ETIMEDOUT',
]);
/** What lies deeper says nothing more. */
const MAX_CAUSES = 5;
/** A longer wait is not spent between two attempts, where nobody sees it: the agent waits by itself and says so. */
const MAX_ATTEMPT_DELAY_MS = 10_000;
/** Shorter keys are what people give a server that asks for none: no secret, and found in the middle of any word. */
const LEAST_KEY_CHARACTERS = 8;
/** Enough for a person to understand; a server may answer with a whole page. */
const MAX_MESSAGE_CHARACTERS = 2000;

/** Finds out what a failed request means. Anything that is not known is taken for a connection that broke. */
export function classify(error: unknown): ModelFault {
  if (error instanceof ModelFault) return error;
  if (
    error instanceof APIError &&
    !(error instanceof APIConnectionError) &&
    typeof error.status === 'number'
  ) {
    return statusFault(error.status, error);
  }
  const code = codeOf(error);
  const timedOut =
    error instanceof APIConnectionTimeoutError || (code !== undefined && timeoutCodes.has(code));
  if (timedOut)
    return new ModelFault(
      'ModelTimeout',
      `the connection timed out${code === undefined ? '' : ` (${code})`}`,
    );
  return new ModelFault('ModelUnavailable', `the connection failed: ${code ?? deepestMessage(error)}`);
}

/** What an error means that came with status 200, as an event of the stream or in place of the completion. */
export function classifyEmbeddedError(error: unknown): ModelFault {
  const complaint = readComplaint({ error });
  const byKind = statusOfKind.find(([kind]) => kind.test(complaint.kind))?.[1];
  const status = complaint.status ?? byKind ?? 503;
  return new ModelFault(typeFor(status, complaint), `failed while answering: ${complaint.message}`);
}

/** The failure that leaves the adapter: of the table's type, retried as the table says, with nothing secret in it. */
export function toApplicationFailure(
  fault: ModelFault,
  asked: { model: string; host: string; apiKey: string },
): ApplicationFailure {
  const message = withoutKeys(`${asked.model} at ${asked.host}: ${fault.message}`, asked.apiKey);
  const wait = fault.retryAfterMs;
  const isRetried = failures[fault.type].retryable && (wait ?? 0) <= MAX_ATTEMPT_DELAY_MS;
  return ApplicationFailure.create({
    type: fault.type,
    message: message.slice(0, MAX_MESSAGE_CHARACTERS),
    nonRetryable: !isRetried,
    details: [
      {
        ...(wait === undefined ? {} : { retryAfterMs: wait }),
        ...(fault.type === 'ModelRateLimited' ? { otherModels: true } : {}),
      },
    ],
    ...(wait === undefined || !isRetried ? {} : { nextRetryDelay: wait }),
  });
}

function statusFault(status: number, error: { error: unknown; headers: unknown }): ModelFault {
  const complaint = readComplaint({ error: error.error });
  const type = typeFor(status, complaint);
  const mayWait = type === 'ModelRateLimited' || type === 'ModelUnavailable';
  const wait = mayWait
    ? retryAfterMs(error.headers instanceof Headers ? error.headers : undefined, Date.now())
    : undefined;
  return new ModelFault(type, `status ${status}: ${complaint.message}`, wait);
}

function typeFor(status: number, { kind, message }: Complaint): ModelFailureType {
  const words = `${kind} ${message}`.toLowerCase();
  const said = byWords.find((each) => each.statuses.includes(status) && each.words.test(words));
  if (said !== undefined) return said.type;
  const listed = byStatus[status];
  if (listed !== undefined) return listed;
  if (status >= 500) return 'ModelUnavailable';
  return status >= 400 ? 'ModelRejected' : 'ModelProtocol';
}

function codeOf(error: unknown): string | undefined {
  return causesOf(error)
    .map((cause) => ('code' in cause ? cause.code : undefined))
    .find((code) => typeof code === 'string');
}

/** Where there is no code, only the cause of all says more than that something failed. */
function deepestMessage(error: unknown): string {
  return causesOf(error).at(-1)?.message ?? String(error);
}

/** An error, its cause, the cause of that, and so on. */
function causesOf(error: unknown): Error[] {
  const causes: Error[] = [];
  for (let cause = error; causes.length < MAX_CAUSES && cause instanceof Error; cause = cause.cause)
    causes.push(cause);
  return causes;
}

/** Servers quote the key that they refuse, whole or shortened, and failures go into histories that many people read. */
function withoutKeys(message: string, apiKey: string): string {
  const whole = apiKey.length < LEAST_KEY_CHARACTERS ? message : message.replaceAll(apiKey, '[key]');
  return whole.replace(/\bsk-[\w*.-]{4,}/g, '[key]');
}
