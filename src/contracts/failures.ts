/**
 * Every failure type that leaves the product, in one place: whether Temporal may retry it, its HTTP status,
 * the exit code of the CLI, and what to do. `docs/failures.md` has a section for each.
 */
interface FailureKind {
  readonly retryable: boolean;
  readonly httpStatus: number;
  readonly exitCode: number;
  readonly help: string;
}

const table = {
  Invalid: kind(false, 400, 2, 'Correct the field that the message names.'),
  NotFound: kind(false, 404, 3, 'Check the id: `perdure list`, `perdure approvals`, `perdure definitions`.'),
  Conflict: kind(false, 409, 4, 'Look at the current state (`perdure show`) and decide again.'),
  KeyReused: kind(false, 422, 4, 'Send what is another request with another Idempotency-Key.'),
  Forbidden: kind(false, 403, 6, 'The definition or the workspace boundary does not allow it.'),
  Closed: kind(false, 409, 4, 'The agent has ended; start a new one.'),
  Unreachable: kind(true, 503, 5, 'Start Temporal (`make dev`) or correct TEMPORAL_ADDRESS.'),
  NoWorker: kind(
    true,
    503,
    5,
    'No worker answers for this agent; start one (`make dev` or `node dist/worker/main.js`).',
  ),
  DefinitionInvalid: kind(false, 400, 2, 'Run `perdure definitions check`.'),
  BudgetExceeded: kind(
    false,
    409,
    1,
    'Start again with a larger budget; next time extend it while it waits.',
  ),
  ApprovalExpired: kind(
    false,
    409,
    1,
    'Nobody decided in time and the definition says that this ends the agent.',
  ),
  ModelRateLimited: kind(false, 429, 1, 'Wait; the agent resumes by itself.'),
  ModelUnavailable: kind(true, 503, 1, 'Check the model endpoint: `perdure doctor`.'),
  ModelTimeout: kind(true, 504, 1, 'The model did not answer in time; it is asked again.'),
  ModelAuthentication: kind(
    false,
    401,
    1,
    'Correct OPENAI_API_KEY where the worker runs, then `perdure resume`.',
  ),
  ModelNotFound: kind(false, 404, 1, 'Correct the model name, or OPENAI_BASE_URL.'),
  ModelRejected: kind(false, 400, 1, 'The model server refused the request; the message says why.'),
  ModelProtocol: kind(true, 502, 1, 'The model server answered something that is not a chat completion.'),
  ContextTooLong: kind(false, 413, 1, 'Lower contextWindow in the definition.'),
  ToolUnavailable: kind(true, 503, 1, 'Mend what the message names; the call is tried again.'),
  ToolRateLimited: kind(false, 429, 1, 'Wait; the call goes on by itself, or at once with `perdure resume`.'),
  ToolTimeout: kind(
    true,
    504,
    1,
    'The tool did not end in time; look at its progress in the Web UI, or raise its timeout.',
  ),
  ToolBroken: kind(false, 500, 1, 'The tool threw; read the worker log.'),
  NotificationFailed: kind(
    true,
    502,
    1,
    'Nobody was told yet; it is tried for a day. Check the receiver at PERDURE_NOTIFY_URL.',
  ),
  ArchiveUnavailable: kind(
    true,
    503,
    1,
    'Mend what the message names; nothing is lost, and it is tried again.',
  ),
  AuditBroken: kind(
    false,
    409,
    1,
    'Keep the file as it is, and look what became of it: `perdure audit verify`.',
  ),
  LeaseLost: kind(true, 409, 1, 'This attempt was given up on before it acted; nothing was done by it.'),
  WorkerLost: kind(true, 503, 1, 'The worker died while it ran this step; read the log of what runs it.'),
  Unauthenticated: kind(
    false,
    401,
    6,
    'Send the token, or sign the request with the secret, that the receiver knows.',
  ),
  TooManyRequests: kind(true, 429, 5, 'Wait as long as the header Retry-After says, then go on more slowly.'),
  RequestTimeout: kind(true, 408, 5, 'Send it again; if it happens again, mend the line or the proxy.'),
  MethodNotAllowed: kind(false, 405, 2, 'Use one of the methods that the header Allow names.'),
  TooLarge: kind(false, 413, 2, 'Send less; put documents into the workspace and name them.'),
  NotConfigured: kind(true, 503, 5, 'Read the log of the process that answered: it names what is missing.'),
  Unexpected: kind(false, 500, 1, 'This is a defect; the log of the process that answered has the stack.'),
} as const satisfies Record<string, FailureKind>;

function kind(retryable: boolean, httpStatus: number, exitCode: number, help: string): FailureKind {
  return { retryable, httpStatus, exitCode, help };
}

export type FailureType = keyof typeof table;
export const failures: Readonly<Record<FailureType, FailureKind>> = table;

export function isFailureType(type: unknown): type is FailureType {
  return typeof type === 'string' && Object.hasOwn(table, type);
}

/** Why a message from outside was not accepted. Core returns it; shells turn it into their protocol's error. */
export interface Rejection {
  readonly type: 'Conflict' | 'KeyReused' | 'NotFound' | 'Invalid' | 'Forbidden' | 'Closed';
  readonly message: string;
}
