import * as z from 'zod';
import { SignIn } from '../../../contracts/session.ts';
import { permissions } from '../permissions.ts';

const { $schema: _, ...signInSchema } = z.toJSONSchema(SignIn);

/** What a page that is signed in sends with every request that changes something. */
export const csrfParameter = {
  name: 'X-CSRF-Token',
  in: 'header',
  required: false,
  description: 'With a session: what `GET /me` answers as `csrf`. With a bearer token it is not looked at.',
  schema: { type: 'string', maxLength: 100 },
};

/** Signing in and out, which no program needs: what they do is done to a cookie. */
export const sessionPath = {
  post: {
    operationId: 'signIn',
    summary: 'Sign a browser in with the secret of a link that `perdure token sign-in` has printed, once',
    description:
      'Needs no token; a browser must send it from a page of this server. Sets the cookie of the session.',
    security: [],
    parameters: [],
    requestBody: { required: true, content: { 'application/json': { schema: signInSchema } } },
    responses: {
      200: {
        description: 'Signed in',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/showMeAnswer' } } },
      },
      ...problems({ 400: 'Invalid', 401: 'Unauthenticated', 403: 'Forbidden', 429: 'TooManyRequests' }),
    },
  },
  delete: {
    operationId: 'signOut',
    summary: 'End the session that the request is sent with',
    description: `Needs the role ${permissions.signOut}.`,
    'x-role': permissions.signOut,
    parameters: [csrfParameter],
    responses: {
      204: { description: 'Signed out' },
      ...problems({ 400: 'Invalid', 401: 'Unauthenticated', 403: 'Forbidden', 429: 'TooManyRequests' }),
    },
  },
};

function problems(types: Readonly<Record<number, string>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(types).map(([status, type]) => [status, { $ref: `#/components/responses/${type}` }]),
  );
}
