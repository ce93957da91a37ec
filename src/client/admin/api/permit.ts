import type { RequestHandler } from 'express';
import { mayActAs } from '../../../contracts/role.ts';
import { GatewayError } from '../../gateway-error.ts';
import { tokenOf } from '../middleware/authenticate.ts';
import { type OperationId, permissions, reaches } from '../permissions.ts';
import { checked, pathParts } from './operation.ts';

/** Refuses whom the role or the scope of the token does not let do this, before anything else is read. */
export function permit(id: OperationId): RequestHandler {
  return (request, _response, next) => {
    const token = tokenOf(request);
    const needed = permissions[id];
    if (!mayActAs(token.role, needed))
      throw new GatewayError('Forbidden', `This needs the role ${needed}; the token has ${token.role}.`, {
        help: 'Ask somebody who has that role, or whoever makes tokens.',
      });
    const { id: agent } = request.params;
    if (typeof agent === 'string' && !reaches(token, checked(pathParts.id, agent)))
      throw new GatewayError('Forbidden', 'The token does not reach this agent.', {
        help: 'Ask whoever makes tokens for one that does.',
      });
    next();
  };
}
