import { Router } from 'express';
import * as z from 'zod';
import { chained, noLines } from '../../../storage/audit-chain.ts';
import { checked, pathParts } from '../api/operation.ts';
import { permit } from '../api/permit.ts';
import type { AdminParts } from '../app.ts';

/** What a request for an audit may say. */
export const AuditQuery = z.strictObject({ values: z.enum(['true', 'false']).default('false') });

/** The header in which an answer says where its chain ends, to be kept apart from the lines. */
export const auditEndHeader = 'Perdure-Audit-End';

export const auditPath = '/agents/:id/audit';

/** An agent's audit, a line each: as `perdure audit export` writes it. */
export function auditRoutes({ gateway }: Pick<AdminParts, 'gateway'>): Router {
  const router = Router({ caseSensitive: true, strict: true });
  router.get(auditPath, permit('showAudit'), async (request, response) => {
    const agent = checked(pathParts.id, request.params['id']);
    const { values } = checked(AuditQuery, request.query);
    const { runs } = await gateway.audit(agent, values === 'true');
    const { text, head } = chained(
      runs.flatMap(({ entries }) => entries),
      noLines,
    );
    response.status(200).type('application/x-ndjson');
    response.setHeader(auditEndHeader, `${head.count}:${head.hash}`).send(text);
  });
  return router;
}
