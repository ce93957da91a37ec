import { STATUS_CODES } from 'node:http';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import type winston from 'winston';
import { failures, type FailureType } from '../../../contracts/failures.ts';
import type { StatusDocument } from '../../../contracts/status.ts';
import { toGatewayError } from '../../failures.ts';
import { GatewayError } from '../../gateway-error.ts';
import { RefusedNow } from '../refused-now.ts';

/** Short enough not to keep a sender waiting, long enough for a server that restarts. */
const RETRY_AFTER_SECONDS = 5;

/** A problem document (RFC 9457). `code` and `type` are of the failure table and stable; texts are for people. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: FailureType;
  readonly detail: string;
  readonly help: string;
  /** Of a conflict: the state that the agent is in now. */
  readonly current?: StatusDocument;
}

export function problemOf(code: FailureType, detail: string, help: string = failures[code].help): Problem {
  const { httpStatus: status } = failures[code];
  return {
    type: `urn:perdure:failure:${code}`,
    title: STATUS_CODES[status] ?? code,
    status,
    code,
    detail,
    help,
  };
}

export const unknownPath: RequestHandler = () => {
  throw new GatewayError('NotFound', 'There is nothing at this address.', {
    help: 'See /openapi.json and docs/http-api.md for the addresses that there are.',
  });
};

/** For every method that a path does not have. */
export function onlyMethods(...methods: string[]): RequestHandler {
  return (request, response) => {
    response.setHeader('Allow', methods.join(', '));
    throw new GatewayError('MethodNotAllowed', `There is no ${request.method} here.`);
  };
}

/** Turns whatever a route throws into a problem document. Of a defect the answer says nothing, and the log everything. */
export function answerProblems(logger: winston.Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const known = toGatewayError(error) ?? fromExpress(error);
    if (!known) logger.error(`${request.method} ${request.path} failed`, { error: stackOf(error) });
    else if (known.type === 'Unreachable') logger.warn(`${request.method} ${request.path}: ${known.message}`);
    const problem = known
      ? problemOf(known.type, known.message, known.help)
      : problemOf('Unexpected', 'Something went wrong here.');
    const body = known instanceof RefusedNow ? { ...problem, current: known.current } : problem;
    if (problem.status === 401 && response.getHeader('WWW-Authenticate') === undefined)
      response.setHeader('WWW-Authenticate', 'Bearer realm="perdure"');
    if (problem.status === 503) response.setHeader('Retry-After', String(RETRY_AFTER_SECONDS));
    response.status(problem.status).type('application/problem+json').send(JSON.stringify(body));
  };
}

/** Express and its body parser give their errors the status that they would answer with. */
function fromExpress(error: unknown): GatewayError | undefined {
  if (!(error instanceof Error) || !('status' in error) || typeof error.status !== 'number') return undefined;
  if (error.status === 413) return new GatewayError('TooLarge', 'The body is too large.');
  if (error.status < 400 || error.status >= 500) return undefined;
  return new GatewayError('Invalid', "The request can't be read.", { cause: error });
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
