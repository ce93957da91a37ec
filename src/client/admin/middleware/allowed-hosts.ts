import type { RequestHandler } from 'express';
import { GatewayError } from '../../gateway-error.ts';
import type { AdminEnvironment } from '../environment.ts';

const loopback = ['localhost', '127.0.0.1', '[::1]'];
/** Where it listens, not how it is called: a page of a stranger may well send a browser to 0.0.0.0. */
const everywhere = ['0.0.0.0', '::'];

/**
 * Refuses requests for any other name than those that are known to mean this server. A page of a stranger can make a
 * browser send requests here under a name of its own that it lets point to this machine; it can't choose another name.
 */
export function allowedHosts({
  PERDURE_ADMIN_HOST: host,
  PERDURE_ADMIN_ALLOWED_HOSTS: more,
  PERDURE_ADMIN_URL: url,
}: AdminEnvironment): RequestHandler {
  const own = everywhere.includes(host) ? [] : [host.includes(':') ? `[${host}]` : host.toLowerCase()];
  const allowed = new Set([...loopback, ...own, ...more, ...(url === undefined ? [] : [url.hostname])]);
  return (request, _response, next) => {
    const name = /^([^:[\]]+|\[[^\]]+\])(?::\d{1,5})?$/.exec(request.headers.host ?? '')?.[1];
    if (name === undefined || !allowed.has(name.toLowerCase()))
      throw new GatewayError('Forbidden', 'This server does not answer to that host name.', {
        help: 'Name it in PERDURE_ADMIN_ALLOWED_HOSTS if it means this server.',
      });
    if (!isOwnOrigin(request.headers.origin, allowed))
      throw new GatewayError('Forbidden', 'Pages of other sites may not use this server.');
    next();
  };
}

/** Programs send no Origin; a page of a stranger can't leave it out, and can't claim another. */
function isOwnOrigin(origin: string | undefined, allowed: ReadonlySet<string>): boolean {
  if (origin === undefined) return true;
  return /^https?:\/\//.test(origin) && URL.canParse(origin) && allowed.has(new URL(origin).hostname);
}
