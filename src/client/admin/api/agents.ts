import * as z from 'zod';
import { AgentList } from '../../../contracts/answers.ts';
import { AgentStart } from '../../../contracts/start.ts';
import { StatusDocument } from '../../../contracts/status.ts';
import { GatewayError } from '../../gateway-error.ts';
import { reaches } from '../permissions.ts';
import { AgentId, operation } from './operation.ts';
import { defined } from './defined.ts';
import { Cursor, Limit } from './paging.ts';
import { StartAnswer, startedOnce } from './started-once.ts';

/** A page of a list is for a person, or for a program that asks for the next one. */
const MAX_LISTED = 200;

// A fork is started below the agent that it is one of, so that a token's scope holds for both.
const StartBody = AgentStart.omit({ requester: true, parent: true, fork: true }).extend({
  id: AgentId.optional(),
});

export const agentOperations = [
  operation({
    id: 'listAgents',
    method: 'get',
    path: '/agents',
    summary: 'Agents, newest first',
    query: z.strictObject({
      status: z.string().max(20).optional(),
      waitingFor: z.string().max(40).optional(),
      definition: z.string().max(64).optional(),
      limit: Limit(MAX_LISTED, 50),
      cursor: Cursor,
    }),
    answer: AgentList,
    perform: ({ query: { limit, cursor, ...filter }, token }, { gateway }) =>
      gateway.listPage({ ...defined(filter), idPrefixes: token.agents, limit }, cursor),
  }),
  operation({
    id: 'startAgent',
    method: 'post',
    path: '/agents',
    summary: 'Start an agent; its requester is who acts',
    body: StartBody,
    answer: StartAnswer,
    status: 201,
    takesKey: true,
    perform: ({ body: { id, ...start }, token, key }, { gateway, seal }) => {
      const keyedId = key === undefined ? undefined : `${token.agents[0] ?? 'agent-'}${key.slice(0, 16)}`;
      const chosen = id ?? keyedId;
      if (token.agents.length > 0 && (chosen === undefined || !reaches(token, chosen)))
        throw new GatewayError('Forbidden', 'id: this token starts only agents whose id begins as it says.', {
          help: `Choose an id that begins with ${token.agents.join(' or ')}.`,
        });
      const options = { ...defined({ id: chosen }), once: key, seal: seal.start(token) };
      const wanted = { ...defined(start), requester: token.name };
      const once = { key, id: chosen, isOwnId: id !== undefined, startBeside: () => wanted };
      return startedOnce(gateway, once, () => gateway.start(wanted, options));
    },
  }),
  operation({
    id: 'showAgent',
    method: 'get',
    path: '/agents/:id',
    summary: 'The status of an agent',
    answer: StatusDocument,
    perform: ({ agent }, { gateway }) => gateway.statusAndPast(agent),
  }),
];
