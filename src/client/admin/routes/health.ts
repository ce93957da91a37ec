import { Router } from 'express';
import type { AdminParts } from '../app.ts';
import { onlyMethods } from '../middleware/problems.ts';

/** Whether the process lives, and whether it can do anything. */
export function healthRoutes({ gateway }: AdminParts): Router {
  const router = Router();
  router
    .route(['/healthz', '/api/v1/healthz'])
    .get((_request, response) => {
      response.json({ status: 'ok' });
    })
    .all(onlyMethods('GET'));
  router
    .route(['/readyz', '/api/v1/readyz'])
    .get(async (_request, response) => {
      await gateway.check();
      response.json({ status: 'ok' });
    })
    .all(onlyMethods('GET'));
  return router;
}
