import * as z from 'zod';
import { AgentDifference } from '../../../contracts/difference.ts';
import { Explanation } from '../../../contracts/explanation.ts';
import { AgentState } from '../../../contracts/state.ts';
import { Timeline, TimelineKind, TimelinePicture } from '../../../contracts/timeline.ts';
import { mermaidOf } from '../../../core/timeline/mermaid.ts';
import { statesPicture } from '../../../core/timeline/states-picture.ts';
import type { Gateway } from '../../gateway.ts';
import { GatewayError } from '../../gateway-error.ts';
import { reaches } from '../permissions.ts';
import { AgentId, operation } from './operation.ts';
import { TurnRange, turnsPage, WholeNumber } from './paging.ts';

/** Words to look for; nobody types more. */
const MAX_SEARCH_CHARS = 200;

const TimelineQuery = TurnRange.extend({
  /** Several are separated by commas. */
  kind: z
    .string()
    .max(200)
    .transform((text) => text.split(','))
    .pipe(z.array(TimelineKind))
    .optional(),
  search: z.string().min(1).max(MAX_SEARCH_CHARS).optional(),
});

/** What an agent did, and why, out of its histories. */
export const lookingBackOperations = [
  operation({
    id: 'showTimeline',
    method: 'get',
    path: '/agents/:id/timeline',
    summary: 'What happened: model and tool calls, approvals, messages, waits, changes of status',
    query: TimelineQuery,
    answer: Timeline,
    perform: ({ agent, query }, { gateway }) => timelinePage(gateway, agent, query),
  }),
  operation({
    id: 'showPicture',
    method: 'get',
    path: '/agents/:id/picture',
    summary:
      'A Mermaid diagram of some turns: who spoke to whom, or how often the agent went from status to status',
    query: z.strictObject({
      picture: TimelinePicture.shape.picture.default('run'),
      from: WholeNumber.default(0),
      to: WholeNumber.optional(),
    }),
    answer: TimelinePicture,
    perform: async ({ agent, query: { picture, ...range } }, { gateway }) => {
      const { items } = await gateway.timeline(agent, range);
      return { picture, mermaid: (picture === 'run' ? mermaidOf : statesPicture)(items) };
    },
  }),
  operation({
    id: 'showCheckpoint',
    method: 'get',
    path: '/agents/:id/checkpoints/:turn',
    summary: 'The whole state at the end of a turn',
    answer: AgentState,
    perform: ({ agent, turn }, { gateway }) => gateway.stateAt(agent, turn),
  }),
  operation({
    id: 'explainCall',
    method: 'get',
    path: '/agents/:id/calls/:call',
    summary: 'What led to a call, and what came of it',
    answer: Explanation,
    perform: ({ agent, call }, { gateway }) => gateway.explain(agent, call),
  }),
  operation({
    id: 'compareAgents',
    method: 'get',
    path: '/agents/:id/diff',
    summary: 'Where the agent and another one part, turn by turn',
    query: z.strictObject({ with: AgentId }),
    answer: AgentDifference,
    perform: ({ agent, token, query: { with: other } }, { gateway }) => {
      if (!reaches(token, other))
        throw new GatewayError('Forbidden', `with: the agent ${other} is out of this token's reach`);
      return gateway.compare(agent, other);
    },
  }),
];

async function timelinePage(
  gateway: Gateway,
  agent: string,
  { kind: kinds, search, ...turns }: z.output<typeof TimelineQuery>,
): Promise<z.input<typeof Timeline>> {
  const {
    found,
    entries: items,
    ...page
  } = await turnsPage(
    turns,
    (between) => gateway.timeline(agent, { ...between, kinds, search }),
    (timeline) => timeline.items,
  );
  return { ...found, items, ...page };
}
