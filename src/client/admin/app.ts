import express, { type Express } from 'express';
import helmet from 'helmet';
import type winston from 'winston';
import type { Tracer } from '../../telemetry/tracer.ts';
import type { TokenStore } from '../../storage/tokens.ts';
import type { Gateway } from '../gateway.ts';
import { apiRoutes } from './api/routes.ts';
import type { AdminEnvironment } from './environment.ts';
import type { Hooks } from './hooks.ts';
import { allowedHosts } from './middleware/allowed-hosts.ts';
import type { Metrics } from './metrics.ts';
import { measure } from './middleware/measure.ts';
import { traceRequests } from './middleware/trace.ts';
import { answerProblems, unknownPath } from './middleware/problems.ts';
import { openApiRoutes } from './routes/openapi.ts';
import type { Sealing } from './sealing.ts';
import { codecRoutes } from './routes/codec.ts';
import { healthRoutes } from './routes/health.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { pageRoutes } from './routes/pages.ts';
import { webhookRoutes } from './routes/webhooks.ts';

/** What routes work with. */
export interface AdminParts {
  readonly environment: AdminEnvironment;
  readonly gateway: Gateway;
  readonly hooks: Hooks;
  readonly tokens: TokenStore;
  readonly seal: Sealing;
  readonly metrics: Metrics;
  /** None where nobody traces. */
  readonly tracer?: Tracer | undefined;
  /** Where the built pages are. */
  readonly pagesDir: string;
  /** Ends the streams of events, which would otherwise keep the server from stopping. */
  readonly stopping: AbortSignal;
  readonly logger: winston.Logger;
}

/**
 * The admin server's routes, one file a group. What holds for all of them is here: who may call it by which name, headers,
 * and that every answer that is no success is a problem document.
 */
export function createApp(parts: AdminParts): Express {
  const { environment, logger, metrics } = parts;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  // Nested queries are a way to send what no route expects.
  app.set('query parser', 'simple');
  app.use(measure(metrics));
  app.use(traceRequests(parts.tracer));
  app.use(secureHeaders());
  app.use(allowedHosts(environment));
  app.use((_request, response, next) => {
    response.setHeader('Cache-Control', 'no-store');
    next();
  });
  app.use(healthRoutes(parts));
  app.use(openApiRoutes());
  app.use(metricsRoutes(parts));
  app.use('/codec', codecRoutes(parts));
  app.use('/api/v1', webhookRoutes(parts));
  app.use('/api/v1', apiRoutes(parts));
  app.use(pageRoutes(parts));
  app.use(unknownPath);
  app.use(answerProblems(logger));
  return app;
}

/** What is no page loads nothing; pages have a policy of their own. HTTPS is the business of whatever stands in front. */
function secureHeaders() {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    strictTransportSecurity: false,
  });
}
