import type { Request, RequestHandler } from 'express';
import type { Token, TokenStore } from '../../../storage/tokens.ts';
import { GatewayError } from '../../gateway-error.ts';
import { csrfTokenOf, type Sessions } from '../sessions.ts';
import { requireOwnRequest } from './own-page.ts';

/** With what a request came. */
interface Credential {
  /** A token or a session. */
  readonly token: Token;
  /** Of a session: what its pages must send with what changes something. */
  readonly csrf?: string;
  /** Whether it is still good: it may have been revoked meanwhile. */
  readonly isGood: () => boolean;
}

interface Means {
  readonly tokens: TokenStore;
  readonly sessions: Sessions;
  /** Where people open the pages, if the server was told. */
  readonly ownUrl: URL | undefined;
  /** The origin of other pages that people trust with what they may read here; only for routes that change nothing. */
  readonly reader?: string | undefined;
}

const credentials = new WeakMap<Request, Credential>();

/**
 * Lets nobody pass without a token or a session that is good now. It is looked up each time, so that one that was revoked
 * ends at once. What a session may be used for, a page of this server must have asked for.
 */
export function authenticate({ tokens, sessions, ownUrl, reader }: Means): RequestHandler {
  return (request, response, next) => {
    const isBearer = request.headers.authorization !== undefined;
    const credential = isBearer ? bearer(request, tokens) : signedIn(request, sessions);
    if (credential === undefined) {
      const error = secretOf(request) === undefined ? '' : ', error="invalid_token"';
      response.setHeader('WWW-Authenticate', `Bearer realm="perdure"${error}`);
      throw refusal(request);
    }
    const isReader = reader !== undefined && request.get('origin') === reader;
    if (credential.csrf !== undefined && !isReader) requireOwnRequest(request, credential.csrf, ownUrl);
    credentials.set(request, credential);
    next();
  };
}

/** What the request came with. Never absent behind `authenticate`. */
export function credentialOf(request: Request): Credential {
  const credential = credentials.get(request);
  if (credential === undefined) throw new Error('this route is not behind authenticate');
  return credential;
}

export function tokenOf(request: Request): Token {
  return credentialOf(request).token;
}

function bearer(request: Request, tokens: TokenStore): Credential | undefined {
  const secret = secretOf(request);
  if (secret === undefined) return undefined;
  const token = tokens.find('token', secret, new Date());
  return token && { token, isGood: () => tokens.find('token', secret, new Date()) !== undefined };
}

function signedIn(request: Request, sessions: Sessions): Credential | undefined {
  const found = sessions.of(request);
  if (found === undefined) return undefined;
  const { session, secret } = found;
  return { token: session, csrf: csrfTokenOf(secret), isGood: () => sessions.of(request) !== undefined };
}

function refusal(request: Request): GatewayError {
  if (secretOf(request) !== undefined)
    return new GatewayError('Unauthenticated', 'The token is not known, has expired or was revoked.', {
      help: 'Send "Authorization: Bearer <token>"; tokens are made with `perdure token create`.',
    });
  return new GatewayError('Unauthenticated', 'A bearer token is needed, or a browser that is signed in.', {
    help: 'Programs send "Authorization: Bearer <token>" (`perdure token create`); people open a link of `perdure token sign-in`.',
  });
}

/** Addresses end up in logs, so a secret never comes from one. */
function secretOf({ headers }: Request): string | undefined {
  return /^Bearer +([\x21-\x7e]{1,200})$/i.exec(headers.authorization ?? '')?.[1];
}
