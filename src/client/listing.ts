import { createHash } from 'node:crypto';
import { executionInfoFromRaw } from '@temporalio/client/lib/helpers.js';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type { WorkflowExecutionInfo } from '@temporalio/client';
import type { ListedAgent } from '../contracts/answers.ts';
import { AGENT_WORKFLOW_TYPE } from '../contracts/message-definitions.ts';
import { AgentStatus } from '../contracts/state.ts';
import { InterruptionKind } from '../contracts/status.ts';
import { type Access, askServer } from './access.ts';
import { archivedAgents } from './archived-agents.ts';
import { GatewayError } from './gateway-error.ts';
import { MAX_LISTED } from './list-limit.ts';

/** Of what the server gives at once; it has a bound of its own, which is 1,000 unless it was told otherwise. */
const MAX_PAGE = 500;

export interface ListFilter {
  /** A status of an agent, or `running` for one that is starting, thinking or acting. */
  readonly status?: string;
  readonly waitingFor?: string;
  readonly definition?: string;
  /** Beginnings of ids, any of which will do; none: all. */
  readonly idPrefixes?: readonly string[];
  readonly limit?: number;
  /** A further condition in Temporal's own list filter language. */
  readonly query?: string;
}

const keys = {
  definition: defineSearchAttributeKey('AgentDefinition', SearchAttributeType.KEYWORD),
  status: defineSearchAttributeKey('AgentStatus', SearchAttributeType.KEYWORD),
  waitingFor: defineSearchAttributeKey('AgentWaitingFor', SearchAttributeType.KEYWORD_LIST),
  pendingApprovals: defineSearchAttributeKey('AgentPendingApprovals', SearchAttributeType.INT),
  turn: defineSearchAttributeKey('AgentTurn', SearchAttributeType.INT),
  /** The server's own. */
  problems: defineSearchAttributeKey('TemporalReportedProblems', SearchAttributeType.KEYWORD_LIST),
};

export async function listAgents(access: Access, filter: ListFilter): Promise<ListedAgent[]> {
  const limit = filter.limit ?? 50;
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LISTED)
    throw new GatewayError('Invalid', `limit: a whole number from 1 to ${MAX_LISTED}`);
  const listed = await collect(access, listQuery(filter), limit, isWithin(filter));
  if (listed.length >= limit) return listed;
  const { agents } = await archivedAgents(access, filter, { limit: limit - listed.length });
  return [...listed, ...agents];
}

/** The first agents that a query finds and that are wanted, as many as were asked for at most. */
export async function collect(
  access: Access,
  query: string,
  most: number,
  isWanted: (row: ListedAgent) => boolean = () => true,
): Promise<ListedAgent[]> {
  return askServer(access, async () => {
    const listed: ListedAgent[] = [];
    for await (const info of access.client.workflow.list({ query, pageSize: Math.min(most, MAX_PAGE) })) {
      const row = listedAgent(info);
      if (isWanted(row)) listed.push(row);
      if (listed.length >= most) break;
    }
    return listed;
  }).catch(explainRefusal);
}

export interface AgentPage {
  agents: ListedAgent[];
  /** What asks for the next page; absent on the last. */
  nextCursor?: string;
}

/** Whether ids begin in one of the ways asked for: to a server that keeps its lists in SQLite `a` and `A` are the same. */
function isWithin({ idPrefixes = [] }: ListFilter): (row: ListedAgent) => boolean {
  return ({ agent }) => idPrefixes.length === 0 || idPrefixes.some((prefix) => agent.startsWith(prefix));
}

/** A page of the list, from where a cursor of the page before says; it may have fewer agents than asked for, or none. */
export async function listPage(access: Access, filter: ListFilter, cursor?: string): Promise<AgentPage> {
  const { limit = 50 } = filter;
  const query = listQuery(filter);
  const token = cursor === undefined ? Buffer.alloc(0) : pageToken(query, cursor);
  const after = positionIn(token);
  const page: ServerPage = after === undefined ? await serverPage(access, filter, token) : { agents: [] };
  if (page.next) return { agents: page.agents, nextCursor: cursorOf(query, page.next) };
  const { agents, next } = await archivedAgents(access, filter, { limit: limit - page.agents.length, after });
  return {
    agents: [...page.agents, ...agents],
    ...(next === undefined ? {} : { nextCursor: cursorOf(query, Buffer.from(archiveMark + next)) }),
  };
}

/** Behind the server's own pages come those of the archive, whose tokens begin in a way that no token of the server's does. */
const archiveMark = '\0archive ';

/** Where in the archive a page begins; undefined for a token of the server's. */
function positionIn(token: Buffer): string | undefined {
  const text = token.toString();
  return text.startsWith(archiveMark) ? text.slice(archiveMark.length) : undefined;
}

/** A page of what the server knows; without a `next` it is the last one. */
interface ServerPage {
  readonly agents: ListedAgent[];
  readonly next?: Buffer;
}

async function serverPage(access: Access, filter: ListFilter, nextPageToken: Buffer): Promise<ServerPage> {
  const { limit = 50 } = filter;
  const { client } = access;
  const { namespace } = client.options;
  const query = listQuery(filter);
  const answer = await askServer(access, () =>
    client.workflowService.listWorkflowExecutions({ namespace, query, pageSize: limit, nextPageToken }),
  ).catch(explainRefusal);
  const infos = await Promise.all(
    answer.executions.map((raw) =>
      executionInfoFromRaw(raw, client.options.loadedDataConverter, raw, namespace),
    ),
  );
  const token = Buffer.from(answer.nextPageToken);
  const agents = infos.map(listedAgent).filter(isWithin(filter));
  return { agents, ...(token.length === 0 ? {} : { next: token }) };
}

const CHECKSUM_BYTES = 12;

/** Temporal's token with a checksum before it, of the filter too: the page after is one of the same list. */
export function cursorOf(query: string, token: Buffer): string {
  return Buffer.concat([checksum(query, token), token]).toString('base64url');
}

/**
 * A token that it has not made itself makes the server fail rather than refuse, and be asked again until time is up. The
 * checksum keeps accidents away from it and is no secret: who makes one up waits for nothing but their own answer.
 */
export function pageToken(query: string, cursor: string): Buffer {
  const bytes = Buffer.from(cursor, 'base64url');
  const token = bytes.subarray(CHECKSUM_BYTES);
  if (
    bytes.toString('base64url') !== cursor ||
    !checksum(query, token).equals(bytes.subarray(0, CHECKSUM_BYTES))
  )
    throw new GatewayError('Invalid', 'cursor: not one that a page before with the same filters has given');
  return token;
}

function checksum(query: string, token: Buffer): Buffer {
  return createHash('sha256').update(`${query}\n`).update(token).digest().subarray(0, CHECKSUM_BYTES);
}

/** A server that lacks our search attributes refuses every list; the reason is not in what was asked. */
function explainRefusal(error: unknown): never {
  if (!(error instanceof GatewayError) || !/invalid search attribute: Agent/.test(error.message)) throw error;
  throw new GatewayError('Invalid', error.message, {
    help: 'The namespace lacks the search attributes of agents; a worker creates them: `perdure doctor`.',
    cause: error,
  });
}

/** The list filter for Temporal. Values are checked rather than escaped: none of them needs a quote. */
export function listQuery({ status, waitingFor, definition, idPrefixes = [], query }: ListFilter): string {
  // The runs that an agent has left behind by continuing as new are not agents of their own.
  const conditions = [`WorkflowType = '${AGENT_WORKFLOW_TYPE}'`, `ExecutionStatus != 'ContinuedAsNew'`];
  if (status !== undefined) conditions.push(statusCondition(status));
  if (waitingFor !== undefined) {
    if (!InterruptionKind.safeParse(waitingFor).success)
      throw new GatewayError('Invalid', `waiting-for: one of ${InterruptionKind.options.join(', ')}`);
    conditions.push(`ExecutionStatus = 'Running' AND AgentWaitingFor = '${waitingFor}'`);
  }
  if (definition !== undefined) {
    if (!/^[\w.-]{1,64}$/.test(definition))
      throw new GatewayError('Invalid', 'definition: letters, digits, . _ and -, at most 64');
    conditions.push(`AgentDefinition = '${definition}'`);
  }
  if (idPrefixes.length > 0) {
    if (!idPrefixes.every((prefix) => /^[\w.:/@-]{1,100}$/.test(prefix)))
      throw new GatewayError('Invalid', 'id prefix: letters, digits and . _ : / @ -, at most 100');
    conditions.push(`(${idPrefixes.map((prefix) => `WorkflowId STARTS_WITH '${prefix}'`).join(' OR ')})`);
  }
  if (query !== undefined) conditions.push(`(${query})`);
  return conditions.join(' AND ');
}

/** What ended outside the agent's own code (terminated, timed out) has no up-to-date attribute of its own. */
function statusCondition(status: string): string {
  if (status !== 'running' && !AgentStatus.safeParse(status).success)
    throw new GatewayError('Invalid', `status: one of running, ${AgentStatus.options.join(', ')}`);
  switch (status) {
    case 'running':
    case 'starting':
    case 'thinking':
    case 'acting':
      return `ExecutionStatus = 'Running' AND (AgentStatus = 'running' OR AgentStatus IS NULL)`;
    case 'failed':
      return `(AgentStatus = 'failed' OR ExecutionStatus IN ('Failed', 'Terminated', 'TimedOut'))`;
    case 'cancelled':
      return `(AgentStatus = 'cancelled' OR ExecutionStatus = 'Canceled')`;
    case 'completed':
      return `AgentStatus = 'completed'`;
    default:
      return `ExecutionStatus = 'Running' AND AgentStatus = '${status}'`;
  }
}

function listedAgent(info: WorkflowExecutionInfo): ListedAgent {
  const attributes = info.typedSearchAttributes;
  const definition = attributes.get(keys.definition);
  const turn = attributes.get(keys.turn);
  const open = info.status.name === 'RUNNING';
  const problems = open ? (attributes.get(keys.problems) ?? []) : [];
  return {
    agent: info.workflowId,
    runId: info.runId,
    ...(definition === undefined ? {} : { definition }),
    status: listedStatus(info.status.name, attributes.get(keys.status)),
    waitingFor: open ? (attributes.get(keys.waitingFor) ?? []) : [],
    pendingApprovals: open ? (attributes.get(keys.pendingApprovals) ?? 0) : 0,
    ...(turn === undefined ? {} : { turn }),
    startedAt: info.startTime.toISOString(),
    ...(info.closeTime ? { closedAt: info.closeTime.toISOString() } : {}),
    ...(problems.length > 0 ? { problems } : {}),
  };
}

/** The agent's own word, unless the server knows that it was ended from outside. */
export function listedStatus(execution: string, own: string | undefined): string {
  const ended = own === 'completed' || own === 'failed' || own === 'cancelled';
  if (ended) return own;
  return execution === 'RUNNING' ? (own ?? 'running') : execution.toLowerCase();
}
