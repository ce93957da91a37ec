import {
  ApplicationFailure,
  isGrpcServiceError,
  NamespaceNotFoundError,
  QueryNotRegisteredError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { isReadAhead } from '../contracts/read-ahead.ts';
import { type FailureType, isFailureType } from '../contracts/failures.ts';
import { grpcStatus } from '../runtime/grpc-status.ts';
import { GatewayError } from './gateway-error.ts';

/** How Temporal's Core begins what it says when the workflow code takes other steps than the history. */
const NONDETERMINISM = '[TMPRL1100]';
/** How the SDK begins what it says for workflow code that refused to begin, and so answers nothing. */
const NO_HANDLER = 'Workflow did not register a handler';

/** What an error of Temporal's client means to a caller; undefined when it is a defect rather than an answer. */
export function toGatewayError(error: unknown): GatewayError | undefined {
  if (error instanceof GatewayError) return error;
  if (error instanceof WorkflowUpdateFailedError) return fromHandler(error.cause);
  if (error instanceof WorkflowExecutionAlreadyStartedError)
    return new GatewayError('Conflict', `An agent with the id ${error.workflowId} is already running.`, {
      help: 'Choose another --id, or look at the running one with `perdure show`.',
      cause: error,
    });
  if (error instanceof WorkflowNotFoundError)
    return new GatewayError('NotFound', `There is no agent with the id ${error.workflowId}.`, {
      cause: error,
    });
  if (error instanceof NamespaceNotFoundError) return noNamespace(error.namespace, error);
  if (error instanceof QueryNotRegisteredError && error.message.startsWith(NONDETERMINISM))
    return new GatewayError(
      'NoWorker',
      `The worker's build does not fit the agent's history: ${error.message}`,
      {
        help: 'Start a worker of the build before it, or of one that guards the change (docs/deploys.md).',
        cause: error,
      },
    );
  if (error instanceof QueryNotRegisteredError && isReadAhead(error))
    return new GatewayError('NoWorker', 'Something has come that no worker has taken on yet.', {
      help: 'Ask again in a moment.',
      cause: error,
    });
  if (error instanceof QueryNotRegisteredError && error.message.startsWith(NO_HANDLER))
    return new GatewayError('NoWorker', 'No agent has begun in this workflow.', { cause: error });
  if (error instanceof QueryNotRegisteredError)
    return new GatewayError('Invalid', `The agent refused the query: ${error.message}`, { cause: error });
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)
    return new GatewayError('Unreachable', 'No answer in time.', { cause: error });
  return fromGrpc(error);
}

/** Whether nobody answered in time, so that it is worth asking why. */
export function isSilence(error: unknown): boolean {
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return true;
  const code = grpcErrorOf(error)?.code;
  // Nothing here cancels a request; the client library does when its deadline passes between two tries.
  return (
    code === grpcStatus.deadlineExceeded ||
    code === grpcStatus.cancelled ||
    code === grpcStatus.failedPrecondition
  );
}

/** There was no server to answer, or none in time. */
const unanswered: ReadonlySet<number> = new Set([
  grpcStatus.unavailable,
  grpcStatus.deadlineExceeded,
  grpcStatus.cancelled,
]);

/** Whether the server can't answer for now, as while it is started anew. */
export function isAway(error: unknown): boolean {
  const code = grpcErrorOf(error)?.code;
  return code !== undefined && (unanswered.has(code) || code === grpcStatus.resourceExhausted);
}

/** Whether what was asked for may have been done, although no answer to it came. */
export function mayBeDone({ cause }: GatewayError): boolean {
  const code = grpcErrorOf(cause)?.code;
  return code !== undefined && unanswered.has(code);
}

/**
 * Whether the server gave up on an update because the agent's task failed: a run that ends does, if a message comes in that
 * moment. Nothing came of it, so that it may be sent again.
 */
export function isGivenUp(error: unknown): boolean {
  const grpc = grpcErrorOf(error);
  if (grpc)
    return grpc.code === grpcStatus.failedPrecondition && grpc.details.includes('workflow task failure');
  return error instanceof WorkflowUpdateFailedError && isUnprocessed(error.cause);
}

/**
 * The server refuses, in the worker's place, an update that a finished task has left out: seen when a worker dies. An agent has a
 * handler for every name, so it never means that the update is not supported, as the server guesses.
 */
function isUnprocessed(cause: unknown): boolean {
  return cause instanceof ApplicationFailure && cause.type === 'UnprocessedUpdate';
}

/** A handler or validator refused: its type and details are the agent's own answer. */
function fromHandler(cause: unknown): GatewayError {
  if (!(cause instanceof ApplicationFailure))
    return new GatewayError(
      'Conflict',
      cause instanceof Error ? cause.message : 'The agent did not accept it.',
      {
        cause,
      },
    );
  const type = isFailureType(cause.type) ? cause.type : 'Invalid';
  const details: unknown = cause.details?.length ? cause.details : undefined;
  return new GatewayError(type, cause.message, { details, cause });
}

function noNamespace(namespace: string, cause: unknown): GatewayError {
  return new GatewayError('Unreachable', `The namespace ${namespace} does not exist on this server.`, {
    help: `Correct TEMPORAL_NAMESPACE, or: temporal operator namespace create -n ${namespace}`,
    cause,
  });
}

function fromGrpc(error: unknown): GatewayError | undefined {
  const grpc = grpcErrorOf(error);
  if (!grpc) return undefined;
  const said = grpc.details || grpc.message;
  const as = (type: FailureType, message: string, help?: string): GatewayError =>
    new GatewayError(type, message, { cause: error, ...(help === undefined ? {} : { help }) });
  switch (grpc.code) {
    case grpcStatus.invalidArgument:
      return as('Invalid', `Temporal refused the request: ${said}`);
    case grpcStatus.notFound: {
      // Requests without a helper of the client library fail like this.
      const [, namespace] = /^Namespace (.+) is not found/u.exec(said) ?? [];
      if (namespace !== undefined) return noNamespace(namespace, error);
      return as('NotFound', `Temporal does not know it: ${said}`);
    }
    case grpcStatus.alreadyExists:
      return as('Conflict', `It exists already: ${said}`);
    case grpcStatus.permissionDenied:
    case grpcStatus.unauthenticated:
      return as(
        'Forbidden',
        `Temporal did not let us in: ${said}`,
        'Correct TEMPORAL_API_KEY or the TLS client certificate.',
      );
    case grpcStatus.failedPrecondition:
      return as('NoWorker', `No worker answers: ${said}`);
    case grpcStatus.resourceExhausted:
      return as('Unreachable', `Temporal is over a limit: ${said}`, 'Wait a moment and try again.');
    case grpcStatus.deadlineExceeded:
    case grpcStatus.cancelled:
      return as('Unreachable', 'Temporal did not answer in time.');
    case grpcStatus.unavailable:
      return as('Unreachable', `Temporal can't be reached: ${said}`);
    default:
      return as('Unreachable', `Temporal failed: ${said}`);
  }
}

function grpcErrorOf(error: unknown): { code: number; details: string; message: string } | undefined {
  if (isGrpcServiceError(error)) return error;
  const cause = error instanceof Error ? error.cause : undefined;
  return isGrpcServiceError(cause) ? cause : undefined;
}
