import { createHash } from 'node:crypto';
import { type Request, type RequestHandler, Router } from 'express';
import type { Token } from '../../../storage/tokens.ts';
import { GatewayError } from '../../gateway-error.ts';
import type { AdminParts } from '../app.ts';
import type { AdminEnvironment } from '../environment.ts';
import { authenticate, credentialOf, tokenOf } from '../middleware/authenticate.ts';
import { onlyMethods } from '../middleware/problems.ts';
import { limitAddress, limitToken } from '../middleware/rate-limits.ts';
import type { OperationId } from '../permissions.ts';
import { sessionsOf } from '../sessions.ts';
import { auditPath, auditRoutes } from '../routes/audit.ts';
import { streamPaths, streamRoutes } from '../streams/routes.ts';
import { bodyBytes, readBody } from './body.ts';
import { type Asked, checked, type Means, type Operation, pathParts } from './operation.ts';
import { operations } from './operations.ts';
import { permit } from './permit.ts';
import { signIn, signOut } from './session.ts';
import { neverUnmodified, tagRevision, withRevision } from './revision.ts';

/** Visible ASCII: what the draft of the header allows in a string, without its quotes. */
const idempotencyKey = /^"?([\x21\x23-\x7e]{1,200}?)"?$/;

/** The admin API. Everything that comes here needs a token or a session, also what there is nothing for; only signing in does not. */
export function apiRoutes(parts: AdminParts): Router {
  const { environment, tokens } = parts;
  const { PERDURE_ADMIN_REQUESTS_PER_MINUTE: perMinute, PERDURE_AGENTS_DIR: agentsDir } = environment;
  const ownUrl = environment.PERDURE_ADMIN_URL;
  const sessions = sessionsOf(tokens, ownUrl);
  const router = Router({ caseSensitive: true, strict: true });
  router.use(limitAddress(perMinute), neverUnmodified);
  router.post('/session', bodyBytes, signIn(parts, sessions));
  router.use(authenticate({ tokens, sessions, ownUrl }), limitToken(perMinute));
  router
    .route('/session')
    .delete(permit('signOut'), signOut(parts, sessions))
    .all(onlyMethods('POST', 'DELETE'));
  const { gateway, seal } = parts;
  const means = { gateway, seal, agentsDir, temporalUi: temporalUiOf(environment, gateway.namespace) };
  for (const operation of operations)
    router[operation.method](
      operation.path,
      permit(operation.id),
      ...(operation.body ? [bodyBytes] : []),
      perform(operation, means, parts),
    );
  router.use(streamRoutes(parts), auditRoutes(parts));
  const read = [...Object.values(streamPaths), auditPath].map((path) => ({ path, method: 'get' }));
  const served = [...read, ...operations];
  for (const path of new Set(served.map((one) => one.path))) {
    const methods = served.filter((one) => one.path === path).map(({ method }) => method.toUpperCase());
    router.all(path, onlyMethods(...methods));
  }
  return router;
}

/** The page of the Web UI below which those of agents are. */
function temporalUiOf(
  { PERDURE_TEMPORAL_UI_URL: url }: AdminEnvironment,
  namespace: string,
): string | undefined {
  return url && new URL(`/namespaces/${encodeURIComponent(namespace)}`, url).href;
}

function perform(operation: Operation, means: Means, { logger }: AdminParts): RequestHandler {
  return async (request, response) => {
    const token = tokenOf(request);
    const asked = read(request, operation);
    const who = { by: token.name, token: token.id, agent: asked.agent };
    try {
      const answer = await operation.perform(asked, means);
      if (operation.method === 'post') logger.info(`${operation.id} done`, who);
      tagRevision(response, operation, answer);
      response.status(operation.status ?? 200).json(answer);
    } catch (error) {
      // An update that an agent refuses leaves nothing in its history.
      if (operation.method === 'post' && error instanceof GatewayError)
        logger.warn(`${operation.id} refused: ${error.type}: ${error.message}`, who);
      throw error;
    }
  };
}

/** What is sent, checked as far as all operations have it in common. */
function read(request: Request, operation: Operation): Asked<unknown, unknown> {
  const { id, body, takesKey } = operation;
  const { id: agent, approval, grant, turn, call, schedule } = request.params;
  const { token, csrf } = credentialOf(request);
  return {
    ...{ token, csrf },
    agent: agent === undefined ? '' : checked(pathParts.id, agent),
    approval: approval === undefined ? '' : checked(pathParts.approval, approval),
    grant: grant === undefined ? '' : checked(pathParts.grant, grant),
    turn: turn === undefined ? 0 : checked(pathParts.turn, turn),
    call: call === undefined ? '' : checked(pathParts.call, call),
    schedule: schedule === undefined ? '' : checked(pathParts.schedule, schedule),
    query: request.query,
    body: body ? withRevision(request, operation, readBody(request, toldBy(request, token))) : undefined,
    key: takesKey === true ? keyOf(request, token, id) : undefined,
  };
}

/** What a body need not say. A name is one that the token has, so that nobody becomes another by repeating it. */
function toldBy({ params }: Request, { name }: Token): ReadonlyMap<string, string> {
  const { approval, grant } = params;
  return new Map([
    ...[['by', name] as const, ['requester', name] as const],
    ...(typeof approval === 'string' ? [['approval', approval] as const] : []),
    ...(typeof grant === 'string' ? [['grant', grant] as const] : []),
  ]);
}

/** The same key of another sender, or for something else, is another key. */
function keyOf(request: Request, { name }: Token, id: OperationId): string | undefined {
  const header = request.get('idempotency-key');
  if (header === undefined) return undefined;
  const key = idempotencyKey.exec(header)?.[1];
  if (key === undefined)
    throw new GatewayError('Invalid', 'Idempotency-Key: 1 to 200 visible ASCII characters');
  return createHash('sha256')
    .update(JSON.stringify([name, id, key]))
    .digest('hex')
    .slice(0, 32);
}
