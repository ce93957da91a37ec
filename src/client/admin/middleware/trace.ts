import type { RequestHandler } from 'express';
import { contextOfCarrier } from '../../../contracts/trace.ts';
import type { Tracer } from '../../../telemetry/tracer.ts';
import { routeOf } from './measure.ts';

const SERVER_ERROR = 500;

/**
 * A span for each request of the API, in the trace of whoever sent one along; what the request starts or tells is below it. The
 * route is in it and the address is not: addresses have whatever the caller wrote there.
 */
export function traceRequests(tracer: Tracer | undefined): RequestHandler {
  return (request, response, next) => {
    if (tracer === undefined || !request.path.startsWith('/api/')) {
      next();
      return;
    }
    const { method } = request;
    const parent = contextOfCarrier({
      traceparent: request.headers['traceparent'],
      tracestate: request.headers['tracestate'],
    });
    const attributes = { 'http.request.method': method, 'url.scheme': 'http' };
    tracer.openSpan({ name: method, kind: 'server', parent, attributes }, (span) => {
      response.once('close', () => {
        const route = routeOf(request);
        span.rename(`${method} ${route}`);
        span.set({ 'http.route': route, 'http.response.status_code': response.statusCode });
        if (response.statusCode >= SERVER_ERROR) span.fail(String(response.statusCode));
        span.end();
      });
      next();
    });
  };
}
