import * as z from 'zod';
import { Fork } from '../../../contracts/fork.ts';
import { Rewound, Undone } from '../../../contracts/rewind.ts';
import { AgentStart, type AgentStartInput } from '../../../contracts/start.ts';
import { forkIdOf } from '../../forking.ts';
import { GatewayError } from '../../gateway-error.ts';
import { reaches } from '../permissions.ts';
import { refuseStale } from '../../stale.ts';
import { withCurrent } from './current.ts';
import { defined } from './defined.ts';
import { AgentId, operation } from './operation.ts';
import { StartAnswer, startedOnce } from './started-once.ts';

const ForkBody = Fork.omit({ agent: true, run: true }).extend({
  ...AgentStart.pick({ model: true, budget: true, labels: true }).shape,
  id: AgentId.optional(),
});

const RewindBody = z.strictObject({
  turn: z.int().nonnegative(),
  reason: z.string().max(1_000).optional(),
  /** Effects stay done; decisions and messages since then are forgotten. Without it the answer says which there are. */
  leaveBehind: z.boolean().optional(),
  revision: z.int().optional(),
});

export const timeTravelOperations = [
  operation({
    id: 'forkAgent',
    method: 'post',
    path: '/agents/:id/fork',
    summary: 'Start an agent where this one was at the end of a turn; its requester is who acts',
    body: ForkBody,
    answer: StartAnswer,
    status: 201,
    takesKey: true,
    perform: ({ agent, body: { id, model, budget, labels, ...fork }, token, key }, { gateway, seal }) => {
      if (id !== undefined && !reaches(token, id))
        throw new GatewayError('Forbidden', 'id: this token starts only agents whose id begins as it says.', {
          help: `Choose an id that begins with ${token.agents.join(' or ')}.`,
        });
      const start = { ...defined({ model, budget }), labels, requester: token.name };
      const keyedId = key === undefined ? undefined : forkIdOf(agent, fork.turn, key.slice(0, 16));
      const chosen = id ?? keyedId;
      const options = { ...defined({ id: chosen }), once: key, seal: seal.start(token) };
      const startBeside = ({ agent: definition, fork: earlier }: AgentStart): AgentStartInput => ({
        ...{ ...start, agent: definition },
        fork: { ...defined(fork), agent, ...defined({ run: earlier?.run }) },
      });
      const once = { key, id: chosen, isOwnId: id !== undefined, startBeside };
      return startedOnce(gateway, once, () => gateway.fork(agent, { ...defined(fork), start }, options));
    },
  }),
  operation({
    id: 'previewRewind',
    method: 'get',
    path: '/agents/:id/checkpoints/:turn/undone',
    summary: 'What rewinding to the end of a turn would leave behind; nothing is changed',
    answer: Undone,
    perform: ({ agent, turn }, { gateway }) => gateway.undoneSince(agent, turn),
  }),
  operation({
    id: 'rewindAgent',
    method: 'post',
    path: '/agents/:id/rewind',
    summary: 'Have an agent go on from the end of an earlier turn',
    body: RewindBody,
    answer: Rewound,
    perform: async ({ agent, body: { turn, reason, leaveBehind = false, revision }, token }, means) => {
      const { gateway } = means;
      await withCurrent(agent, means, () => refuseStale({ status: () => gateway.status(agent) }, revision));
      let undone: Undone | undefined;
      const agree = (since: Undone): boolean => {
        undone = since;
        return leaveBehind;
      };
      const why = reason === undefined ? {} : { reason };
      const rewound = await gateway.rewind(agent, turn, { by: token.name, agree, ...why });
      if (rewound) return rewound;
      throw new GatewayError('Conflict', `Since turn ${turn}: ${undone ? sinceText(undone) : ''}.`, {
        help: `Look at it (checkpoints/${turn}/undone has it all), then say leaveBehind: true.`,
      });
    },
  }),
];

/** Effects are named up to this many; the timeline has all of them. */
const MAX_NAMED = 10;

/** What would be left behind, in words. */
function sinceText({ effects, decisions, messages }: Undone): string {
  const named = effects.slice(0, MAX_NAMED).map(({ turn, tool }) => `${tool} in turn ${turn}`);
  const more = effects.length > named.length ? [`${effects.length - named.length} more`] : [];
  const done = effects.length === 0 ? 'no effects' : `what stays done: ${[...named, ...more].join(', ')}`;
  return `${done}; what is forgotten: ${decisions.length} decisions, ${messages} messages and events`;
}
