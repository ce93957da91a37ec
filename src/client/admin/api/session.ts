import type { RequestHandler } from 'express';
import { SignIn } from '../../../contracts/session.ts';
import { GatewayError } from '../../gateway-error.ts';
import type { AdminParts } from '../app.ts';
import { tokenOf } from '../middleware/authenticate.ts';
import { requireOwnPage } from '../middleware/own-page.ts';
import { csrfTokenOf, type Sessions } from '../sessions.ts';
import { readBody } from './body.ts';
import { meOf } from './me.ts';
import { checked } from './operation.ts';

/**
 * Makes a session of a link. A page of somebody else must not do so: whoever works in a session of a stranger tells them
 * everything. The session that the browser had ends.
 */
export function signIn({ tokens, logger, environment }: AdminParts, sessions: Sessions): RequestHandler {
  return (request, response) => {
    requireOwnPage(request, environment.PERDURE_ADMIN_URL);
    const { link: secret } = checked(SignIn, readBody(request));
    const link = tokens.redeem(secret, new Date());
    if (link === undefined || link.sessionUntil === undefined) {
      logger.warn('a sign-in link was refused: it is not known, has expired or was used');
      throw new GatewayError('Unauthenticated', 'The link is not known, has expired or was used before.', {
        help: 'Make a new one: perdure token sign-in. It can be used once, within minutes.',
      });
    }
    const { name, role, agents, sessionUntil } = link;
    const former = sessions.of(request);
    if (former !== undefined) sessions.close(former.session);
    const opened = sessions.open({ name, role, agents, until: new Date(sessionUntil) }, response);
    logger.info('signed in', { by: name, token: opened.session.id, link: link.id });
    response.json(meOf(opened.session, csrfTokenOf(opened.secret)));
  };
}

export function signOut({ logger }: AdminParts, sessions: Sessions): RequestHandler {
  return (request, response) => {
    const session = tokenOf(request);
    if (session.kind !== 'session')
      throw new GatewayError('Invalid', 'A bearer token has no session that could be ended.', {
        help: 'Revoke it: perdure token revoke.',
      });
    sessions.close(session);
    sessions.forget(response);
    logger.info('signed out', { by: session.name, token: session.id });
    response.status(204).end();
  };
}
