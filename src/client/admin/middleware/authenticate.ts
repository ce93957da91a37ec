import type { Request, RequestHandler } from 'express';
import type { Token, TokenStore } from '../../../storage/tokens.ts';
import { GatewayError } from '../../gateway-error.ts';

const tokens = new WeakMap<Request, Token>();

/** Lets nobody pass without a token that is good now. It is looked up each time, so that one that was revoked ends at once. */
export function authenticate(store: TokenStore): RequestHandler {
  return (request, response, next) => {
    const secret = secretOf(request);
    const token = secret === undefined ? undefined : store.find(secret, new Date());
    if (token === undefined) {
      const error = secret === undefined ? '' : ', error="invalid_token"';
      response.setHeader('WWW-Authenticate', `Bearer realm="perdure"${error}`);
      throw new GatewayError(
        'Unauthenticated',
        secret === undefined
          ? 'A bearer token is needed.'
          : 'The token is not known, has expired or was revoked.',
        { help: 'Send "Authorization: Bearer <token>"; tokens are made with `perdure token create`.' },
      );
    }
    tokens.set(request, token);
    next();
  };
}

/** What the request came with. Never absent behind `authenticate`. */
export function tokenOf(request: Request): Token {
  const token = tokens.get(request);
  if (token === undefined) throw new Error('this route is not behind authenticate');
  return token;
}

/** As it was sent, to see later whether it is still good. Addresses end up in logs, so it never comes from one. */
export function secretOf({ headers }: Request): string | undefined {
  return /^Bearer +([\x21-\x7e]{1,200})$/i.exec(headers.authorization ?? '')?.[1];
}
