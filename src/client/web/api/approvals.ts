import { type QueryClient, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { type PendingApproval, PendingApprovals } from '../../../contracts/answers.ts';
import type { JsonObject } from '../../../contracts/json.ts';
import type { DecisionKind } from '../../../contracts/messages.ts';
import { type ApprovalView, StatusDocument } from '../../../contracts/status.ts';
import { get, pathPart, post } from './ask.ts';
import { agentKey } from './keys.ts';
import { forgetRefused, keepRefused } from './refused-decisions.ts';

/** Everything that waits for a decision, as far as it has been read. */
export interface OpenApprovals {
  readonly approvals: readonly PendingApproval[];
  /** Agents that wait for somebody but could not be asked what for. */
  readonly unanswered: PendingApprovals['unanswered'];
  /** Whether every page has been read. */
  readonly isComplete: boolean;
}

export const openApprovalsKey = ['approvals', 'open'] as const;
/** A page asks this many agents, the first one fewer: they fill a screen, and are there at once. */
const FIRST_PAGE_AGENTS = 16;
const PAGE_AGENTS = 100;
/** 5,000 agents; whoever has more in one inbox filters by other means. */
const MAX_PAGES = 50;
/** What no event tells of, such as agents beyond the newest 500, is seen within this. */
const REFRESH_MS = 60_000;

/** The inbox, page after page; the first ones are there before the last ones are read. */
export function useOpenApprovals() {
  const client = useQueryClient();
  return useQuery({
    queryKey: openApprovalsKey,
    queryFn: ({ signal }) => readAll(client, signal),
    refetchInterval: REFRESH_MS,
    refetchOnWindowFocus: true,
  });
}

async function readAll(client: QueryClient, signal: AbortSignal): Promise<OpenApprovals> {
  const isFirst = client.getQueryData(openApprovalsKey) === undefined;
  let read: OpenApprovals = { approvals: [], unanswered: [], isComplete: false };
  let cursor: string | undefined;
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const query = new URLSearchParams({
      limit: String(pages === 0 ? FIRST_PAGE_AGENTS : PAGE_AGENTS),
      ...(cursor === undefined ? {} : { cursor }),
    });
    const page = await get(`/approvals?${query.toString()}`, PendingApprovals, signal);
    cursor = page.nextCursor;
    read = {
      approvals: [...read.approvals, ...page.approvals],
      unanswered: [...read.unanswered, ...page.unanswered],
      isComplete: cursor === undefined,
    };
    if (cursor === undefined) break;
    if (isFirst) client.setQueryData(openApprovalsKey, read);
  }
  return read;
}

/** Puts what one agent asks now in the place of what it was known to ask. */
function replaceApprovalsOf(client: QueryClient, agent: string, now: readonly PendingApproval[]): void {
  client.setQueryData(
    openApprovalsKey,
    (known: OpenApprovals | undefined) =>
      known && { ...known, approvals: [...known.approvals.filter((one) => one.agent !== agent), ...now] },
  );
}

/** Takes out what agents ask no more. */
export function closeApprovalsOf(client: QueryClient, agents: readonly string[]): void {
  const closed = new Set(agents);
  client.setQueryData(
    openApprovalsKey,
    (known: OpenApprovals | undefined) =>
      known && { ...known, approvals: known.approvals.filter(({ agent }) => !closed.has(agent)) },
  );
}

/** How many approvals each agent is known to have open, or that it gave no answer; undefined while they are being read. */
export function openByAgent(client: QueryClient): ReadonlyMap<string, number | 'unanswered'> | undefined {
  const known = client.getQueryData<OpenApprovals>(openApprovalsKey);
  if (known === undefined || client.isFetching({ queryKey: openApprovalsKey }) > 0) return undefined;
  const open = new Map<string, number | 'unanswered'>(
    known.unanswered.map(({ agent }) => [agent, 'unanswered']),
  );
  for (const { agent } of known.approvals) {
    const before = open.get(agent);
    open.set(agent, typeof before === 'number' ? before + 1 : 1);
  }
  return open;
}

/** An approval as the inbox knows it, if it does. */
export function knownApproval(client: QueryClient, agent: string, id: string): PendingApproval | undefined {
  return client
    .getQueryData<OpenApprovals>(openApprovalsKey)
    ?.approvals.find((one) => one.agent === agent && one.approval.id === id);
}

/** What an agent asks, out of its status. */
function approvalsIn(status: StatusDocument): PendingApproval[] {
  const { agent, definition, requester, requesterSignedInAs } = status;
  return status.approvals.map((approval) => ({
    agent,
    definition: definition.name,
    ...(requester === undefined ? {} : { requester }),
    ...(requesterSignedInAs === undefined ? {} : { requesterSignedInAs }),
    approval,
  }));
}

/**
 * Takes a status that the server has told for what is known of the agent. One of a revision before was longer on its way than a
 * later one, unless the agent went back: then it is asked.
 */
export function takeStatus(client: QueryClient, status: StatusDocument): void {
  const queryKey = agentKey(status.agent);
  const known = client.getQueryData<StatusDocument>(queryKey);
  if (known !== undefined && known.revision > status.revision) {
    client.removeQueries({ queryKey, type: 'inactive' });
    void client.invalidateQueries({ queryKey });
    void client.invalidateQueries({ queryKey: openApprovalsKey });
    return;
  }
  client.setQueryData(queryKey, status);
  replaceApprovalsOf(client, status.agent, approvalsIn(status));
}

export interface DecisionRequest {
  readonly agent: string;
  readonly approval: string;
  /** The approval's revision that whoever decides has seen. */
  readonly revision: number;
  readonly decision: DecisionKind;
  readonly args?: JsonObject;
  readonly message?: string;
}

export function sendDecision({ agent, approval, ...body }: DecisionRequest): Promise<StatusDocument> {
  return post(`/agents/${pathPart(agent)}/approvals/${pathPart(approval)}/decision`, body, StatusDocument);
}

/**
 * Decides an approval. What is shown follows from the answer, also from the one to whoever came too late; where nobody sees it
 * any more, what was refused is kept until somebody does.
 */
export function useDecide(asked: ApprovalView) {
  const client = useQueryClient();
  const isSeen = useRef(false);
  useEffect(() => {
    isSeen.current = true;
    return () => {
      isSeen.current = false;
    };
  }, []);
  return useMutation({
    mutationFn: sendDecision,
    onSuccess: (status, request) => {
      forgetRefused(request);
      takeStatus(client, status);
    },
    onError: (error, request) => {
      if (!isSeen.current) keepRefused({ request, approval: asked, error });
    },
    onSettled: (_status, _error, { agent, approval }) =>
      client.invalidateQueries({ queryKey: approvalKey(agent, approval) }),
  });
}

export function approvalKey(agent: string, approval: string) {
  return ['agents', agent, 'approvals', approval] as const;
}
