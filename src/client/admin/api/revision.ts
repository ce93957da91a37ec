import type { Request, RequestHandler, Response } from 'express';
import * as z from 'zod';
import { type Json, JsonObject } from '../../../contracts/json.ts';
import { StatusDocument } from '../../../contracts/status.ts';
import { GatewayError } from '../../gateway-error.ts';
import type { Operation } from './operation.ts';

const entityTag = /^"(\d{1,9})"$/;

/** Whether a request may say which state it is based on. */
export function isBasedOnState({ body }: Pick<Operation, 'body'>): boolean {
  return body instanceof z.ZodObject && Object.hasOwn(body.shape, 'revision');
}

/**
 * The body with the revision of the header If-Match, which says the same as the field does. A condition that can't be kept is
 * refused: whoever sent it relies on it.
 */
export function withRevision(request: Request, operation: Operation, body: Json): Json {
  const header = request.get('if-match');
  if (header === undefined || header === '*') return body;
  if (!isBasedOnState(operation))
    throw new GatewayError('Invalid', 'If-Match: this request is based on no state; leave it out');
  const revision = entityTag.exec(header)?.[1];
  if (revision === undefined)
    throw new GatewayError('Invalid', 'If-Match: one revision in quotes, as ETag has it, or *');
  const fields = JsonObject.safeParse(body);
  if (!fields.success) return body;
  if ('revision' in fields.data && fields.data['revision'] !== Number(revision))
    throw new GatewayError('Invalid', 'revision: is another one than that of the header If-Match');
  return { ...fields.data, revision: Number(revision) };
}

/** Gives the revision of a status document as its entity tag, for If-Match. */
export function tagRevision(response: Response, { answer }: Operation, body: unknown): void {
  if (answer !== StatusDocument) return;
  response.setHeader('ETag', `"${StatusDocument.pick({ revision: true }).parse(body).revision}"`);
}

/**
 * Tags are none for caches: usage and calls in flight change without a new revision, and other answers have no tag at all. Express
 * would leave an answer out whose reader claims to know it.
 */
export const neverUnmodified: RequestHandler = (request, _response, next) => {
  delete request.headers['if-none-match'];
  next();
};
