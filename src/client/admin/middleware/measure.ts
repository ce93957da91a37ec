import type { Request, RequestHandler } from 'express';
import type { Metrics } from '../metrics.ts';

const API = '/api/v1';

/** Counts every request, and how long it took. By the route and not by the address, of which there is no end. */
export function measure({ requests, durations }: Metrics): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    response.once('close', () => {
      const labels = { method: request.method, route: routeOf(request) };
      // Whoever went away before there was an answer has seen no status.
      const status = response.headersSent ? String(response.statusCode) : 'none';
      requests.inc({ ...labels, status });
      const isStream = /^text\/event-stream/.test(String(response.getHeader('content-type')));
      if (!isStream) durations.observe(labels, (performance.now() - startedAt) / 1_000);
    });
    next();
  };
}

/** As it is declared; `none` where nothing was found, or where nobody was let in to look. All pages are one. */
export function routeOf(request: Request): string {
  // Express types it as anything; it is undefined until a route was found.
  const route: unknown = request.route;
  if (typeof route !== 'object' || route === null || !('path' in route)) return 'none';
  const [path] = [route.path].flat();
  return `${request.originalUrl.startsWith(`${API}/`) ? API : ''}${String(path)}`;
}
