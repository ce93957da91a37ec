import { executionInfoFromRaw } from '@temporalio/client/lib/helpers.js';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type { WorkflowExecutionInfo } from '@temporalio/client';
import type { ListedAgent } from '../contracts/answers.ts';
import { AGENT_WORKFLOW_TYPE } from '../contracts/message-definitions.ts';
import { AgentStatus } from '../contracts/state.ts';
import { InterruptionKind } from '../contracts/status.ts';
import { type Access, askServer } from './access.ts';
import { GatewayError } from './gateway-error.ts';

/** A list is for a person or a script that asks again with a filter; beyond this, pages would be needed. */
const MAX_LISTED = 1_000;

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
  const query = listQuery(filter);
  return askServer(access, async () => {
    const listed: ListedAgent[] = [];
    for await (const info of access.client.workflow.list({ query, pageSize: Math.min(limit, 200) })) {
      listed.push(listedAgent(info));
      if (listed.length >= limit) break;
    }
    return listed;
  }).catch(explainRefusal);
}

export interface AgentPage {
  agents: ListedAgent[];
  /** What asks for the next page; absent on the last. */
  nextCursor?: string;
}

/** A page of the list, from where a cursor of the page before says. */
export async function listPage(access: Access, filter: ListFilter, cursor?: string): Promise<AgentPage> {
  const { limit = 50 } = filter;
  const { client } = access;
  const { namespace } = client.options;
  const answer = await askServer(access, () =>
    client.workflowService.listWorkflowExecutions({
      namespace,
      query: listQuery(filter),
      pageSize: limit,
      nextPageToken: pageToken(cursor),
    }),
  ).catch(explainRefusal);
  const infos = await Promise.all(
    answer.executions.map((raw) =>
      executionInfoFromRaw(raw, client.options.loadedDataConverter, raw, namespace),
    ),
  );
  const next = Buffer.from(answer.nextPageToken).toString('base64url');
  return { agents: infos.map(listedAgent), ...(next === '' ? {} : { nextCursor: next }) };
}

/** Temporal's tokens are JSON; what is none makes the server fail rather than refuse, and be asked again until time is up. */
function pageToken(cursor: string | undefined): Buffer {
  if (cursor === undefined) return Buffer.alloc(0);
  const token = Buffer.from(cursor, 'base64url');
  try {
    JSON.parse(token.toString());
    return token;
  } catch {
    throw new GatewayError('Invalid', 'cursor: not one that a page before has given');
  }
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
