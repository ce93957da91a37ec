import { randomBytes } from 'node:crypto';
import { WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from '@temporalio/client';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/codec-helpers.js';
import type { Started } from '../contracts/answers.ts';
import { AGENT_WORKFLOW_TYPE } from '../contracts/message-definitions.ts';
import { describeIssues } from '../contracts/messages.ts';
import type { Seal } from '../contracts/seal.ts';
import { AgentStart, type AgentStartInput } from '../contracts/start.ts';
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
  /** Fails `Conflict` also when an agent with this id has ended, as long as the server knows it. */
  readonly once?: boolean;
  /** Vouches for the requester of the agent that is started. */
  readonly seal?: ((id: string, start: AgentStart) => Seal) | undefined;
}

/** Starts an agent. Fails `Invalid` for a wrong argument or one that is too large, and `Conflict` when an agent with this id is running. */
export async function startAgent(
  access: Access,
  input: AgentStartInput,
  { id, once = false, seal }: StartOptions = {},
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
      workflowIdReusePolicy: once
        ? WorkflowIdReusePolicy.REJECT_DUPLICATE
        : WorkflowIdReusePolicy.ALLOW_DUPLICATE,
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

/** What an agent was started with, as its history says. Fails `NotFound`. */
export async function startOf(access: Access, id: string): Promise<AgentStart> {
  // Also a later run of it has it as its first argument.
  const first = await firstEventOf(access, id);
  const input = first?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  const [start] = await decodeArrayFromPayloads(access.client.options.loadedDataConverter, input);
  const parsed = AgentStart.safeParse(start);
  if (parsed.success) return parsed.data;
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
