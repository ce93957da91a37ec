import * as z from 'zod';
import { ApprovalDetails, PendingApprovals, Transcript, Transitions } from '../../../contracts/answers.ts';
import { Timeline, TimelineKind } from '../../../contracts/timeline.ts';
import { AgentState } from '../../../contracts/state.ts';
import { pageOfTurns } from '../../../core/paging.ts';
import type { Gateway } from '../../gateway.ts';
import { operation } from './operation.ts';
import { Cursor, Limit, WholeNumber } from './paging.ts';

/** Turns of a page; of large turns fewer fit. */
const MAX_TURNS = 200;
const MAX_TRANSITIONS = 500;
/** Agents that are asked for one page of approvals. */
const MAX_ASKING = 200;

const TurnRange = z.strictObject({
  from: WholeNumber.default(0),
  to: WholeNumber.optional(),
  limit: Limit(MAX_TURNS, 50),
});

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

const nextFrom = z.int().optional();
const TranscriptAnswer = Transcript.extend({ nextFrom });
const TransitionsAnswer = Transitions.extend({ nextFrom });

export const readingOperations = [
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
    id: 'showTranscript',
    method: 'get',
    path: '/agents/:id/transcript',
    summary: 'What was said and done, turn by turn, across the runs of the agent',
    query: TurnRange,
    answer: TranscriptAnswer,
    perform: ({ agent, query }, { gateway }) => transcriptPage(gateway, agent, query),
  }),
  operation({
    id: 'showTransitions',
    method: 'get',
    path: '/agents/:id/transitions',
    summary: "Changes of status in the agent's current run, from a revision on",
    query: z.strictObject({ from: WholeNumber.default(0), limit: Limit(MAX_TRANSITIONS, 200) }),
    answer: TransitionsAnswer,
    perform: async ({ agent, query: { from, limit } }, { gateway }) => {
      const { transitions, ...rest } = await gateway.transitions(agent, { from });
      const next = transitions[limit]?.revision;
      return {
        ...rest,
        transitions: transitions.slice(0, limit),
        ...(next === undefined ? {} : { nextFrom: next }),
      };
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
    id: 'listApprovals',
    method: 'get',
    path: '/approvals',
    summary: 'Open approvals, oldest first, of a page of agents',
    query: z.strictObject({ limit: Limit(MAX_ASKING, MAX_ASKING), cursor: Cursor }),
    answer: PendingApprovals,
    perform: ({ token, query: { limit, cursor } }, { gateway }) =>
      gateway.approvals({ idPrefixes: token.agents, limit, cursor }),
  }),
  operation({
    id: 'showApproval',
    method: 'get',
    path: '/agents/:id/approvals/:approval',
    summary: 'An approval, open or not, as it was asked',
    answer: ApprovalDetails,
    perform: ({ agent, approval }, { gateway }) => gateway.approval(agent, approval),
  }),
];

/** Whole turns from one on, as many as were asked for and fit into a page. */
async function transcriptPage(
  gateway: Gateway,
  agent: string,
  { from, to = Infinity, limit }: z.output<typeof TurnRange>,
): Promise<z.input<typeof TranscriptAnswer>> {
  const last = Math.min(to, from + limit - 1);
  const { entries, ...rest } = await gateway.transcript(agent, { from, to: last });
  const page = pageOfTurns(entries, from, last);
  // What was before the first turn that can be read is gone, so that paging goes on with it.
  const following = Math.max(last + 1, rest.firstTurn);
  const next = page.nextFrom ?? (following <= Math.min(to, rest.lastTurn) ? following : undefined);
  return { ...rest, entries: page.entries, ...(next === undefined ? {} : { nextFrom: next }) };
}

/** The same of a timeline. A page may be empty though later ones are not, if little was asked for. */
async function timelinePage(
  gateway: Gateway,
  agent: string,
  { from, to = Infinity, limit, kind: kinds, search }: z.output<typeof TimelineQuery>,
): Promise<z.input<typeof Timeline>> {
  const last = Math.min(to, from + limit - 1);
  const { items, ...rest } = await gateway.timeline(agent, { from, to: last, kinds, search });
  const page = pageOfTurns(items, from, last);
  const following = Math.max(last + 1, rest.firstTurn);
  const next = page.nextFrom ?? (following <= Math.min(to, rest.lastTurn) ? following : undefined);
  return { ...rest, items: page.entries, ...(next === undefined ? {} : { nextFrom: next }) };
}
