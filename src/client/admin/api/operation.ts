import * as z from 'zod';
import { describeIssues } from '../../../contracts/messages.ts';
import type { Token } from '../../../storage/tokens.ts';
import type { Gateway } from '../../gateway.ts';
import { GatewayError } from '../../gateway-error.ts';
import type { OperationId } from '../permissions.ts';
import type { Sealing } from '../sealing.ts';
import { WholeNumber } from './paging.ts';

/** An id in a path or a body. The server has a bound of 1,000; what can't be seen or is no character only misleads people. */
export const AgentId = z
  .string()
  .min(1)
  .max(1_000)
  .refine((id) => id.isWellFormed() && !/[\p{Cc}\u2028\u2029]/u.test(id) && id.trim() === id, {
    message: 'text without control characters, and without spaces around it',
  });

/** What stands for a part of a path. */
export const pathParts = {
  id: AgentId,
  approval: z.string().min(1).max(200),
  grant: z.string().min(1).max(200),
  turn: WholeNumber,
  call: z.string().min(1).max(400),
  schedule: AgentId,
} as const;

/** What a request asks for, checked, and by whom. */
export interface Asked<Query, Body> {
  readonly token: Token;
  /** Of a session: what its pages send with what changes something. */
  readonly csrf: string | undefined;
  /** The agent that the path names; empty if it names none. */
  readonly agent: string;
  readonly approval: string;
  readonly grant: string;
  readonly turn: number;
  readonly call: string;
  readonly schedule: string;
  readonly query: Query;
  readonly body: Body;
  /** What makes the request safe to send twice, if the sender said so; the same for no other sender or operation. */
  readonly key: string | undefined;
}

export interface Means {
  readonly gateway: Gateway;
  readonly seal: Sealing;
  /** Where definitions are. */
  readonly agentsDir: string;
  /** Where Temporal's Web UI shows the namespace, if that is known. */
  readonly temporalUi: string | undefined;
}

interface Described {
  readonly id: OperationId;
  readonly method: 'get' | 'post';
  /** Below `/api/v1`, as Express writes it. */
  readonly path: string;
  readonly summary: string;
  /** Takes the header Idempotency-Key. */
  readonly takesKey?: boolean;
  readonly status?: 200 | 201 | 202;
}

interface Declared<
  Query extends z.ZodType,
  Body extends z.ZodType,
  Answer extends z.ZodType,
> extends Described {
  readonly query?: Query;
  readonly body?: Body;
  readonly answer: Answer;
  readonly perform: (asked: Asked<z.output<Query>, z.output<Body>>, means: Means) => Promise<z.input<Answer>>;
}

/** One thing that can be done over HTTP: what it takes and gives, and how it is done. */
export interface Operation extends Described {
  readonly query: z.ZodType | undefined;
  readonly body: z.ZodType | undefined;
  readonly answer: z.ZodType;
  /** Query and body come as they were sent; fails `Invalid` if they don't fit. The answer is checked too. */
  readonly perform: (asked: Asked<unknown, unknown>, means: Means) => Promise<unknown>;
}

export function operation<
  Answer extends z.ZodType,
  Query extends z.ZodType = z.ZodType<Record<string, never>>,
  Body extends z.ZodType = z.ZodType<undefined>,
>(declared: Declared<Query, Body, Answer>): Operation {
  const { query, body, answer } = declared;
  return {
    ...declared,
    query,
    body,
    perform: async (asked, means) =>
      answer.parse(
        await declared.perform(
          {
            ...asked,
            query: checked(query ?? nothing, asked.query) as z.output<Query>, // Without a schema, Query is `nothing`'s type.
            body: (body ? checked(body, asked.body) : undefined) as z.output<Body>, // Without a schema, Body is undefined.
          },
          means,
        ),
      ),
  };
}

const nothing = z.strictObject({});

/** Parses what was sent. Fails `Invalid` with the names of the fields. */
export function checked<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new GatewayError('Invalid', describeIssues(parsed.error));
}
