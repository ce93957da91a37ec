import { Router } from 'express';
import { packageVersion } from '../../package-version.ts';
import { openApiDocument } from '../api/openapi.ts';
import { operations } from '../api/operations.ts';
import { onlyMethods } from '../middleware/problems.ts';

/** What the API is, for programs; it says nothing that is not in the source code, so that it needs no token. */
export function openApiRoutes(): Router {
  const text = JSON.stringify(openApiDocument(operations, packageVersion()));
  const router = Router();
  router
    .route(['/openapi.json', '/api/v1/openapi.json'])
    .get((_request, response) => {
      response.type('application/json').send(text);
    })
    .all(onlyMethods('GET'));
  return router;
}
