import * as z from 'zod';
import { AgentList, Started } from '../../../contracts/answers.ts';
import { Fork } from '../../../contracts/fork.ts';
import { Rewound, type Undone } from '../../../contracts/rewind.ts';
import { AgentStart } from '../../../contracts/start.ts';
import { StatusDocument } from '../../../contracts/status.ts';
import { canonicalJson } from '../../../core/hash.ts';
import { GatewayError } from '../../gateway-error.ts';
import { reaches } from '../permissions.ts';
import { AgentId, operation } from './operation.ts';
import { Cursor, Limit } from './paging.ts';

/** A page of a list is for a person, or for a program that asks for the next one. */
const MAX_LISTED = 200;

// A fork is started below the agent that it is one of, so that a token's scope holds for both.
const StartBody = AgentStart.omit({ requester: true, parent: true, fork: true }).extend({
  id: AgentId.optional(),
});

const ForkBody = Fork.omit({ agent: true, run: true }).extend({
  ...AgentStart.pick({ model: true, budget: true, labels: true }).shape,
  id: AgentId.optional(),
});

const RewindBody = z.strictObject({
  turn: z.int().nonnegative(),
  reason: z.string().max(1_000).optional(),
  /** Effects stay done; decisions and messages since then are forgotten. Without it the answer says which there are. */
  leaveBehind: z.boolean().optional(),
});

const StartAnswer = Started.partial({ runId: true }).extend({
  /** Whether an earlier request with the same Idempotency-Key had started it. */
  repeated: z.boolean(),
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
    perform: async ({ body: { id, ...start }, token, key }, { gateway }) => {
      const chosen =
        id ?? (key === undefined ? undefined : `${token.agents[0] ?? 'agent-'}${key.slice(0, 16)}`);
      if (token.agents.length > 0 && (chosen === undefined || !reaches(token, chosen)))
        throw new GatewayError('Forbidden', 'id: this token starts only agents whose id begins as it says.', {
          help: `Choose an id that begins with ${token.agents.join(' or ')}.`,
        });
      const options = { ...(chosen === undefined ? {} : { id: chosen }), once: key !== undefined };
      const wanted = { ...defined(start), requester: token.name };
      try {
        const started = await gateway.start(wanted, options);
        return { ...started, repeated: false };
      } catch (error) {
        // The id came from the key, so whoever started it had the same key.
        const isRepeat = error instanceof GatewayError && error.type === 'Conflict' && id === undefined;
        if (!isRepeat || chosen === undefined) throw error;
        if (canonicalJson(await gateway.startOf(chosen)) !== canonicalJson(AgentStart.parse(wanted)))
          throw new GatewayError(
            'KeyReused',
            `the key came before with another request, which started ${chosen}`,
          );
        return { agent: chosen, repeated: true };
      }
    },
  }),
  operation({
    id: 'forkAgent',
    method: 'post',
    path: '/agents/:id/fork',
    summary: 'Start an agent where this one was at the end of a turn; its requester is who acts',
    body: ForkBody,
    answer: Started,
    status: 201,
    perform: ({ agent, body: { id, model, budget, labels, ...fork }, token }, { gateway }) => {
      if (id !== undefined && !reaches(token, id))
        throw new GatewayError('Forbidden', 'id: this token starts only agents whose id begins as it says.', {
          help: `Choose an id that begins with ${token.agents.join(' or ')}.`,
        });
      const start = { ...defined({ model, budget }), labels, requester: token.name };
      return gateway.fork(agent, { ...defined(fork), start }, id === undefined ? {} : { id });
    },
  }),
  operation({
    id: 'rewindAgent',
    method: 'post',
    path: '/agents/:id/rewind',
    summary: 'Have an agent go on from the end of an earlier turn',
    body: RewindBody,
    answer: Rewound,
    perform: async ({ agent, body: { turn, reason, leaveBehind = false }, token }, { gateway }) => {
      let undone: Undone | undefined;
      const agree = (since: Undone): boolean => {
        undone = since;
        return leaveBehind;
      };
      const why = reason === undefined ? {} : { reason };
      const rewound = await gateway.rewind(agent, turn, { by: token.name, agree, ...why });
      if (rewound) return rewound;
      throw new GatewayError('Conflict', `Something has happened since turn ${turn}.`, {
        help: 'Look at it, and say leaveBehind: true.',
        details: undone,
      });
    },
  }),
  operation({
    id: 'showAgent',
    method: 'get',
    path: '/agents/:id',
    summary: 'The status of an agent',
    answer: StatusDocument,
    perform: ({ agent }, { gateway }) => gateway.status(agent),
  }),
];

type Defined<Value> = { [Key in keyof Value]: Exclude<Value[Key], undefined> };

/** Without the fields that were not given: a parsed object may have them as undefined. */
function defined<Value extends object>(value: Value): Defined<Value> {
  // What is left has no undefined in it, which TypeScript can't see through the filter.
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as Defined<Value>;
}
