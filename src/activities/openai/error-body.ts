import * as z from 'zod';
import { readBeginning } from './response-body.ts';

/** An error page longer than this says nothing more that a person would read. */
const MAX_ERROR_BYTES = 64 * 1024;

const word = z.union([z.string(), z.number()]).nullish().catch(undefined);

const ErrorDetail = z.object({
  message: z.unknown().optional(),
  detail: z.unknown().optional(),
  code: word,
  status: word,
  type: word,
  param: word,
});

const ErrorBody = z.object({ error: z.union([z.string(), ErrorDetail]) });

/** A server's complaint in one form, whatever form it came in. */
export interface Complaint {
  readonly message: string;
  /** The words by which the server names the kind of error: its code, status and type, in lower case. */
  readonly kind: string;
  /** The HTTP status that the complaint itself names: how errors inside a stream are told apart. */
  readonly status: number | undefined;
}

/**
 * Reads any of the known forms: `{error: {message, code, type}}`, `{error: "text"}`, the same without the envelope
 * (`{message, code}`, `{detail: [...]}`), one of these in an array, or no JSON at all.
 */
export function readComplaint(body: unknown): Complaint {
  const value: unknown = Array.isArray(body) ? body[0] : body;
  const enveloped = ErrorBody.safeParse(value);
  const error = enveloped.success ? enveloped.data.error : value;
  const parsed = ErrorDetail.safeParse(error);
  if (!parsed.success) return { message: spelled(error), kind: '', status: undefined };
  const { message, detail, code, status, type, param } = parsed.data;
  const said = spelled(message ?? detail ?? error);
  return {
    message:
      param === undefined || param === null || said.includes(String(param)) ? said : `${said} (${param})`,
    kind: [code, status, type].join(' ').toLowerCase(),
    status: httpStatus(code) ?? httpStatus(status),
  };
}

/**
 * A `fetch` whose error responses always have the body `{"error": {message, code}}`, which is the only form that the openai
 * package hands on: from other forms it would drop what the server said. It also bounds how much of an error page is read.
 */
export const fetchWithReadableErrors: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  // A response of any other status can't be made; it is no error page that says something.
  if (response.status < 400 || response.status > 599) return response;
  const { message, kind } = readComplaint(jsonOrText(await readBeginning(response, MAX_ERROR_BYTES)));
  const { status, statusText, headers } = response;
  // The reason phrase may have letters that no response can be made with; here it is only a text.
  const error = { message: message || statusText, code: kind };
  return new Response(JSON.stringify({ error }), { status, headers });
};

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function spelled(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function httpStatus(value: string | number | null | undefined): number | undefined {
  const status = Number(value);
  return Number.isInteger(status) && status >= 400 && status <= 599 ? status : undefined;
}
