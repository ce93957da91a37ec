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

  constructor(status: number, code: string, detail: string, help = '', current?: StatusDocument) {
    super(detail);
    this.status = status;
    this.code = code;
    this.help = help;
    this.current = current;
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

/** What a failed answer says, whoever gave it. */
export function problemOf(status: number, body: unknown): Problem {
  const { data } = ProblemDocument.safeParse(body);
  if (data) return new Problem(data.status, data.code, data.detail, data.help, data.current);
  return new Problem(status, 'Unexpected', `The server answered with ${status} and gave no reason.`);
}
