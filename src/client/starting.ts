import { randomBytes } from 'node:crypto';
import { WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/codec-helpers.js';
import type { Started } from '../contracts/answers.ts';
import { AGENT_WORKFLOW_TYPE } from '../contracts/message-definitions.ts';
import { describeIssues } from '../contracts/messages.ts';
import type { Seal } from '../contracts/seal.ts';
import { AgentStart, type AgentStartInput, STARTED_BY } from '../contracts/start.ts';
import type { Vouch } from '../contracts/vouch.ts';
import { startProblem } from '../core/begin.ts';
import { type Access, askServer } from './access.ts';
import { firstEventOf } from './agent-history.ts';
import { shellWord } from './cli/view/text.ts';
import { mayBeDone } from './failures.ts';
import { GatewayError, sentence } from './gateway-error.ts';

/** The server refuses a summary of more than 400 bytes and details of more than 20,000. */
const MAX_SUMMARY_BYTES = 390;
const MAX_DETAILS_BYTES = 16_000;

export interface StartOptions {
  /** One from its definition's name and chance, if not given. */
  readonly id?: string;
  /** What the request is known again by. Fails `Conflict` also when an agent with this id has ended, as long as the server knows it. */
  readonly once?: string | undefined;
  /** Vouches for the requester of the agent that is started. */
  readonly seal?: ((id: string, start: AgentStart) => Seal) | undefined;
}

/** Starts an agent. Fails `Invalid` for a wrong argument or one that is too large, and `Conflict` when an agent with this id is running. */
export async function startAgent(
  access: Access,
  input: AgentStartInput,
  { id, once, seal }: StartOptions = {},
): Promise<Started> {
  const parsed = AgentStart.safeParse(input);
  if (!parsed.success) throw new GatewayError('Invalid', describeIssues(parsed.error));
  const problem = startProblem(parsed.data);
  if (problem) throw new GatewayError(problem.type, problem.message);
  const workflowId = id ?? `${parsed.data.agent}-${randomBytes(4).toString('hex')}`;
  if (workflowId.trim() === '') throw new GatewayError('Invalid', 'id: must not be empty');
  const handle = await askToStart(access, workflowId, () =>
    access.client.workflow.start(AGENT_WORKFLOW_TYPE, {
      workflowId,
      taskQueue: access.taskQueue,
      args: argumentsOf(input, seal?.(workflowId, parsed.data)),
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
      workflowIdReusePolicy:
        once === undefined ? WorkflowIdReusePolicy.ALLOW_DUPLICATE : WorkflowIdReusePolicy.REJECT_DUPLICATE,
      ...(once === undefined ? {} : { memo: { [STARTED_BY]: once } }),
      staticSummary: summaryOf(parsed.data),
      staticDetails: detailsOf(parsed.data),
    }),
  );
  return { agent: workflowId, runId: handle.firstExecutionRunId };
}

/** No answer does not mean that nothing was started: whoever starts it again must know under which id to look first. */
async function askToStart<T>(access: Access, id: string, start: () => Promise<T>): Promise<T> {
  try {
    return await askServer(access, start);
  } catch (error) {
    if (!(error instanceof GatewayError) || !mayBeDone(error)) throw error;
    throw new GatewayError(
      error.type,
      `${sentence(error.message)} The agent ${id} may have been started all the same.`,
      {
        help: `Look before you start another one: perdure show ${shellWord(id)}`,
        cause: error,
      },
    );
  }
}

/** Nothing is carried over from a run before; what vouches for the requester stands behind that. */
function argumentsOf(start: AgentStartInput, seal: Seal | undefined): unknown[] {
  const vouch: Vouch | undefined = seal && { seal };
  return vouch ? [start, null, vouch] : [start];
}

/** What an agent was started with, as its history says. */
export interface StartedWith {
  readonly start: AgentStart;
  /** What the request was to be known again by. */
  readonly once?: unknown;
}

/** Fails `NotFound`. */
export async function startOf(access: Access, id: string): Promise<StartedWith> {
  // Also a later run of it has it as its first argument.
  const first = await firstEventOf(access, id);
  const { input, memo } = first?.workflowExecutionStartedEventAttributes ?? {};
  const decoded = (payloads: Payload[]): Promise<unknown[]> =>
    decodeArrayFromPayloads(access.client.options.loadedDataConverter, payloads);
  const [start] = await decoded(input?.payloads ?? []);
  const mark = memo?.fields?.[STARTED_BY];
  const [once] = mark ? await decoded([mark]) : [];
  const parsed = AgentStart.safeParse(start);
  if (parsed.success) return { start: parsed.data, once };
  throw new GatewayError(
    'NotFound',
    `There is no agent with the id ${id}: it was started with something else.`,
  );
}

/** One line for lists in the Web UI. */
export function summaryOf({ agent, input }: AgentStart): string {
  const [firstLine = ''] = input.trim().split('\n');
  return cutToBytes(firstLine === '' ? agent : `${agent}: ${firstLine}`, MAX_SUMMARY_BYTES);
}

/** Markdown for the Web UI: what does not change while the agent lives. */
export function detailsOf({ agent, input, requester, model }: AgentStart): string {
  const facts = [`**Agent** \`${agent}\``];
  if (requester !== undefined) facts.push(`**Requested by** ${requester}`);
  if (model !== undefined) facts.push(`**Model** \`${model}\``);
  const goal = input.trim() === '' ? '_none: the definition says what to do_' : input.trim();
  return cutToBytes(`${facts.join('  \n')}\n\n**Goal**\n\n${goal}`, MAX_DETAILS_BYTES);
}

function cutToBytes(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return text;
  // A character cut in half decodes to U+FFFD at the end, which is dropped.
  return `${bytes
    .subarray(0, maxBytes - 3)
    .toString()
    .replace(/\uFFFD$/, '')}…`;
}
