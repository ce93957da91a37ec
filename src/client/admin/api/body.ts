import express, { type Request, type RequestHandler } from 'express';
import type { Json } from '../../../contracts/json.ts';
import { GatewayError } from '../../gateway-error.ts';
import { readPayload } from '../payload.ts';

/** A goal of 100,000 characters, in any language and escaped in any way, with what stands beside it. */
const MAX_BODY_BYTES = 1_048_576;

/** The bytes, whatever they are said to be: what they are is for `readBody` to see. */
export const bodyBytes: RequestHandler = express.raw({
  type: () => true,
  limit: MAX_BODY_BYTES,
  inflate: false,
});

/**
 * The JSON of a body; an empty one counts as `{}`. `told`: what its fields would only repeat, because token and path say it; such
 * a field is left out. Fails `Invalid`.
 */
export function readBody(request: Request, told: ReadonlyMap<string, string> = new Map()): Json {
  const bytes: unknown = request.body;
  if (!Buffer.isBuffer(bytes) || bytes.length === 0) return {};
  // What a form of another site can send without asking first is never this.
  if (!/^application\/json\s*(;|$)/i.test(request.get('content-type') ?? ''))
    throw new GatewayError('Invalid', 'The body must be application/json.');
  const body = readPayload(textOf(bytes));
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  const isRepeated = (field: string): boolean => told.has(field) && told.get(field) === body[field];
  for (const field of ['by', 'requester'])
    if (Object.hasOwn(body, field) && !isRepeated(field))
      throw new GatewayError('Invalid', `${field}: who acts is who the token says; leave it out`);
  return Object.fromEntries(Object.entries(body).filter(([field]) => !isRepeated(field)));
}

function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new GatewayError('Invalid', 'The body is not UTF-8.');
  }
}
