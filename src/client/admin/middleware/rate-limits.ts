import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { GatewayError } from '../../gateway-error.ts';
import { tokenOf } from './authenticate.ts';

const MINUTE_MS = 60_000;
/** Many people may be behind one address, and a proxy in front is the only one that there is. */
const ADDRESS_FACTOR = 10;

/** For requests with and without a token: so that guessing and flooding cost no more than this. */
export function limitAddress(perMinute: number): RequestHandler {
  return limit(perMinute * ADDRESS_FACTOR, 'address', ({ ip }) => ipKeyGenerator(ip ?? 'gone'));
}

export function limitToken(perMinute: number): RequestHandler {
  return limit(perMinute, 'token', (request) => tokenOf(request).id);
}

function limit(most: number, whose: string, keyGenerator: (request: Request) => string): RequestHandler {
  return rateLimit({
    windowMs: MINUTE_MS,
    limit: most,
    keyGenerator,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    identifier: whose,
    handler: () => {
      throw new GatewayError('TooManyRequests', `More than ${most} requests a minute of one ${whose}.`);
    },
  });
}
