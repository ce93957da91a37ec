import { type RequestHandler, Router } from 'express';
import { GatewayError } from '../../gateway-error.ts';
import type { AdminParts } from '../app.ts';
import { authenticate, tokenOf } from '../middleware/authenticate.ts';
import { onlyMethods } from '../middleware/problems.ts';
import { limitAddress, limitToken } from '../middleware/rate-limits.ts';
import { sessionsOf } from '../sessions.ts';

/** Numbers for Prometheus. They tell what goes on in a house, so that they need a token, and one that reaches all agents. */
export function metricsRoutes({ metrics, environment, tokens }: AdminParts): Router {
  const { PERDURE_ADMIN_REQUESTS_PER_MINUTE: perMinute, PERDURE_ADMIN_URL: ownUrl } = environment;
  const sessions = sessionsOf(tokens, ownUrl);
  const router = Router();
  router
    .route(['/metrics', '/api/v1/metrics'])
    .get(
      limitAddress(perMinute),
      authenticate({ tokens, sessions, ownUrl }),
      limitToken(perMinute),
      reachesAll,
      async (_request, response) => {
        const text = await metrics.text();
        response.setHeader('Content-Type', metrics.contentType);
        response.send(text);
      },
    )
    .all(onlyMethods('GET'));
  return router;
}

const reachesAll: RequestHandler = (request, _response, next) => {
  if (tokenOf(request).agents.length > 0)
    throw new GatewayError('Forbidden', 'The numbers are of all agents, and the token reaches some.', {
      help: 'Ask whoever makes tokens for one without --agent.',
    });
  next();
};
