import * as z from 'zod';
import {
  ApprovalDetails,
  ClosedApprovals,
  PendingApprovals,
  Transcript,
  Transitions,
} from '../../../contracts/answers.ts';
import { TranscriptPage } from '../../../contracts/status.ts';
import { pageOf } from '../../../core/paging.ts';
import type { Gateway } from '../../gateway.ts';
import { operation } from './operation.ts';
import { Cursor, Limit, TurnRange, turnsPage, WholeNumber } from './paging.ts';

const MAX_TRANSITIONS = 500;
/** Agents whose histories are read for one page of what was decided. */
const MAX_READ = 100;
const USUALLY_READ = 25;
/** Agents that are asked for one page of approvals. */
const MAX_ASKING = 200;

const { nextFrom, goesOn } = TranscriptPage.shape;
const TranscriptAnswer = Transcript.extend({ nextFrom, goesOn });
const TransitionsAnswer = Transitions.extend({ nextFrom });

export const readingOperations = [
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
      const page = pageOf(transitions.slice(0, limit));
      const next = transitions[page.length]?.revision;
      return {
        ...rest,
        transitions: page,
        ...(next === undefined ? {} : { nextFrom: next }),
      };
    },
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
    id: 'listDecided',
    method: 'get',
    path: '/decisions',
    summary: 'What was decided, expired or withdrawn, latest first, of a page of agents',
    query: z.strictObject({ limit: Limit(MAX_READ, USUALLY_READ), cursor: Cursor }),
    answer: ClosedApprovals,
    perform: ({ token, query: { limit, cursor } }, { gateway }) =>
      gateway.closedApprovals({ idPrefixes: token.agents, limit, cursor }),
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

async function transcriptPage(
  gateway: Gateway,
  agent: string,
  turns: z.output<typeof TurnRange>,
): Promise<z.input<typeof TranscriptAnswer>> {
  const { found, ...page } = await turnsPage(
    turns,
    (between) => gateway.transcript(agent, between),
    ({ entries }) => entries,
  );
  return { ...found, ...page };
}
