import express, { type RequestHandler, Router } from 'express';
import type { Payload } from '@temporalio/common';
import * as z from 'zod';
import { KeyedCodec } from '../../../payloads/payload-codec.ts';
import { GatewayError } from '../../gateway-error.ts';
import type { AdminParts } from '../app.ts';
import { authenticate, tokenOf } from '../middleware/authenticate.ts';
import { onlyMethods } from '../middleware/problems.ts';
import { limitAddress, limitToken } from '../middleware/rate-limits.ts';
import { sessionsOf } from '../sessions.ts';

/** A page of a history is at most a gRPC message of 4 MB, which base64 makes a third larger. */
const MAX_BODY_BYTES = 8_000_000;
/** As long as browsers keep it. */
const PREFLIGHT_SECONDS = '7200';

const base64 = z.base64().transform((text) => Buffer.from(text, 'base64'));
/** Written by Go, which has no empty lists: what is not there is null, or left out. */
const Body = z.object({
  payloads: z
    .array(
      z.object({
        metadata: z.record(z.string(), base64).nullish(),
        data: base64.nullish(),
      }),
    )
    .nullish(),
});

/**
 * Temporal's protocol of a codec server: its Web UI and its CLI have payloads decoded and encoded here. It reads everything
 * that any agent says, so it wants a token, or the session of a browser that comes from that Web UI, which reaches all agents.
 */
export function codecRoutes({ environment, tokens }: AdminParts): Router {
  const { PERDURE_PAYLOAD_KEYS: keys, PERDURE_TEMPORAL_UI_URL: uiUrl } = environment;
  const { PERDURE_ADMIN_REQUESTS_PER_MINUTE: perMinute, PERDURE_ADMIN_URL: ownUrl } = environment;
  const sessions = sessionsOf(tokens, ownUrl);
  const router = Router();
  const codec = new KeyedCodec(keys);
  const guard: RequestHandler[] = [
    ...[limitAddress(perMinute), allowOrigin(uiUrl?.origin)],
    authenticate({ tokens, sessions, ownUrl, reader: uiUrl?.origin }),
    ...[limitToken(perMinute), reachesAll, express.json({ limit: MAX_BODY_BYTES, type: () => true })],
  ];
  for (const way of ['decode', 'encode'] as const)
    router
      .route(`/${way}`)
      .post(...guard, async (request, response) => {
        const body = Body.safeParse(request.body);
        if (!body.success)
          throw new GatewayError('Invalid', 'The body must be {"payloads": […]} as Temporal sends it.');
        const given = body.data.payloads ?? [];
        const payloads = await codec[way](
          given.map(({ metadata, data }) => ({ metadata: metadata ?? {}, data: data ?? null })),
        );
        response.json({ payloads: payloads.map(asJson) });
      })
      .options(limitAddress(perMinute), allowOrigin(uiUrl?.origin), (_request, response) => {
        response.status(204).end();
      })
      .all(onlyMethods('POST', 'OPTIONS'));
  return router;
}

/** Browsers show the answer to no other page, and send it no cookie or token of their own accord. */
function allowOrigin(origin: string | undefined): RequestHandler {
  return (request, response, next) => {
    response.vary('Origin');
    if (origin !== undefined && request.get('origin') === origin) {
      response.setHeader('Access-Control-Allow-Origin', origin);
      response.setHeader('Access-Control-Allow-Credentials', 'true');
      response.setHeader('Access-Control-Allow-Methods', 'POST');
      response.setHeader('Access-Control-Allow-Headers', 'authorization, content-type, x-namespace');
      response.setHeader('Access-Control-Max-Age', PREFLIGHT_SECONDS);
      // What helmet says elsewhere would keep the answer from that page.
      response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
    }
    next();
  };
}

const reachesAll: RequestHandler = (request, _response, next) => {
  if (tokenOf(request).agents.length > 0)
    throw new GatewayError(
      'Forbidden',
      'The codec server reads what any agent says, and the token reaches some.',
      {
        help: 'Ask whoever makes tokens for one without --agent.',
      },
    );
  next();
};

function asJson({ metadata, data }: Payload): unknown {
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
  return {
    metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([name, value]) => [name, text(value)])),
    ...(data ? { data: text(data) } : {}),
  };
}
