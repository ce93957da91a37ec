import * as z from 'zod';
import { StatusDocument } from '../../../contracts/status.ts';

/** What the server answers when it is no success (RFC 9457). Whatever else answers, a proxy for instance, has none of this. */
const ProblemDocument = z.object({
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  help: z.string().default(''),
  /** Of a conflict: the agent as it is now. */
  current: StatusDocument.optional().catch(undefined),
});

/** A request that did not succeed, with the words for people. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly help: string;
  readonly current: StatusDocument | undefined;
  /** For how long the server takes no more; undefined when that is not what is wrong, or it does not say. */
  readonly tooManyForMs: number | undefined;

  constructor(
    status: number,
    code: string,
    detail: string,
    { help = '', current, tooManyForMs }: Partial<Pick<Problem, 'help' | 'current' | 'tooManyForMs'>> = {},
  ) {
    super(detail);
    this.status = status;
    this.code = code;
    this.help = help;
    this.current = current;
    this.tooManyForMs = tooManyForMs;
  }
}

/** An answer that these pages do not understand; it is shown as it is. */
export class UnknownShape extends Error {
  readonly raw: unknown;

  constructor(raw: unknown, reason: string) {
    super(`The answer has a shape that this page does not know: ${reason}`);
    this.raw = raw;
  }
}

/** What a failed answer says, whoever gave it. `retryAfter` is the header of that name. */
export function problemOf(status: number, body: unknown, retryAfter: string | null = null): Problem {
  const { data } = ProblemDocument.safeParse(body);
  const tooManyForMs = status === TOO_MANY ? secondsIn(retryAfter) : undefined;
  if (data)
    return new Problem(data.status, data.code, data.detail, {
      help: data.help,
      current: data.current,
      tooManyForMs,
    });
  const detail = `The server answered with ${status} and gave no reason.`;
  return new Problem(status, 'Unexpected', detail, { tooManyForMs });
}

const TOO_MANY = 429;

/** In milliseconds; a date is nothing that this server sends. */
function secondsIn(retryAfter: string | null): number | undefined {
  return retryAfter !== null && /^\d{1,4}$/.test(retryAfter) ? Number(retryAfter) * 1_000 : undefined;
}
