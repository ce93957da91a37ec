import express, { Router } from 'express';
import { GatewayError } from '../../gateway-error.ts';
import type { AdminParts } from '../app.ts';

/** Where there is a page. All are one document, whose script shows what the address says. */
const pagePaths = ['/', '/sign-in', '/agents', '/agents/*rest', '/definitions', '/schedules', '/health'];

/**
 * A page loads scripts, styles and images of this server and nothing else, nothing can be written into it that a browser would run,
 * and nobody can show it inside a page of their own.
 */
const policy = [
  "default-src 'none'",
  ...["script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'"],
  ...["connect-src 'self'", "manifest-src 'self'", "form-action 'self'", "base-uri 'none'"],
  ...["frame-ancestors 'none'", "require-trusted-types-for 'script'", "trusted-types 'none'"],
].join('; ');

/** The names of these files have a hash in them, so that one never changes. */
const hashed = /[\\/]assets[\\/][^\\/]+$/;

/** The admin pages, as they were built. They hold no data and need no session: what they show comes from the API. */
export function pageRoutes({ pagesDir }: AdminParts): Router {
  const router = Router({ caseSensitive: true, strict: true });
  router.get(pagePaths, (_request, response, next) => {
    const headers = { 'Content-Security-Policy': policy, 'Cache-Control': 'no-cache' };
    response.sendFile('index.html', { root: pagesDir, cacheControl: false, headers }, (error?: Error) => {
      if (error === undefined || response.headersSent) return;
      next(isMissing(error) ? notBuilt() : error);
    });
  });
  router.use(
    express.static(pagesDir, {
      ...{ index: false, redirect: false, cacheControl: false },
      setHeaders: (response, path) => {
        response.setHeader('Content-Security-Policy', policy);
        response.setHeader(
          'Cache-Control',
          hashed.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache',
        );
      },
    }),
  );
  return router;
}

function isMissing(error: Error): boolean {
  return 'status' in error && error.status === 404;
}

function notBuilt(): GatewayError {
  return new GatewayError('NotFound', 'The admin pages are not built here.', {
    help: 'Run make build and open this address again. The HTTP API works without the pages.',
  });
}
