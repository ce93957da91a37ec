import { timingSafeEqual } from 'node:crypto';
import type { Request } from 'express';
import { GatewayError } from '../../gateway-error.ts';

/** These change nothing, and what they answer no other page can read. */
const safeMethods = ['GET', 'HEAD'];

/**
 * Fails `Forbidden` unless a browser says that a page of this very server has sent the request. Two programs on one host
 * share their cookies, so the port counts too. A request by hand of something that changes nothing may come from no page.
 */
export function requireOwnPage(request: Request, ownUrl: URL | undefined): void {
  const site = request.get('sec-fetch-site');
  const origin = request.get('origin');
  const isSafe = safeMethods.includes(request.method);
  const fits = site === undefined || site === 'same-origin' || (site === 'none' && isSafe);
  const isSaid = isSafe || site !== undefined || origin !== undefined;
  if (fits && isSaid && (origin === undefined || isOwnOrigin(origin, request.get('host'), ownUrl))) return;
  throw new GatewayError('Forbidden', 'Only pages of this server may send this with a session.', {
    help: 'Use the page at the address that people open. Programs send a bearer token instead.',
  });
}

/** Fails `Forbidden` unless the request may be sent with this session: a page of this server, which knows its token, has sent it. */
export function requireOwnRequest(request: Request, csrfToken: string, ownUrl: URL | undefined): void {
  requireOwnPage(request, ownUrl);
  if (safeMethods.includes(request.method)) return;
  const sent = Buffer.from(request.get('x-csrf-token') ?? '');
  const wanted = Buffer.from(csrfToken);
  if (sent.length === wanted.length && timingSafeEqual(sent, wanted)) return;
  throw new GatewayError('Forbidden', 'X-CSRF-Token is missing or is of another session.', {
    help: 'Send what GET /api/v1/me answers as csrf.',
  });
}

/** Behind a proxy the public address is only known by PERDURE_ADMIN_URL; HTTP is not good enough for a host that has HTTPS. */
function isOwnOrigin(text: string, host: string | undefined, ownUrl: URL | undefined): boolean {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) return false;
  const origin = new URL(text);
  if (origin.host === ownUrl?.host) return origin.origin === ownUrl.origin;
  const asked = `${origin.protocol}//${host ?? ''}`;
  return URL.canParse(asked) && new URL(asked).host === origin.host;
}
