import { activityInfo, Context, log } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { ModelAnswer } from '../contracts/activities.ts';
import type { ModelReply, ModelRequest } from '../contracts/model.ts';
import { jsonBytes } from '../contracts/json.ts';
import { ContextPage } from '../contracts/status.ts';
import { MAX_CALLS_PER_TURN } from '../core/bounds.ts';
import { isTooDeep } from '../contracts/payload-converter.ts';
import { isReadAhead } from '../contracts/read-ahead.ts';
import type { ContextCache } from './context-cache.ts';
import type { InlineWorker } from './inline-work.ts';
import { withHeartbeat } from './lease.ts';
import { MAX_REPLY_BYTES, type ModelPort, type PartialReply } from './ports.ts';

/** What the Web UI and the CLI show of a reply while it is written. */
const PARTIAL_CHARS = 4_096;
const CALL_CHARS = 120;
/** Those beyond what a turn may do are answered one by one, so that even a confused model's reply stays small. */
const MAX_REPLY_CALLS = 4 * MAX_CALLS_PER_TURN;

interface ModelHost {
  readonly model: ModelPort;
  readonly contexts: ContextCache;
  readonly inline: InlineWorker;
}

/** Asks the model in the context that the request refers to; the reply enters the history exactly once. */
export async function callModel(
  request: ModelRequest,
  { model, contexts, inline }: ModelHost,
): Promise<ModelAnswer> {
  const context = Context.current();
  let written: PartialReply = { words: '', calls: [] };
  return withHeartbeat(
    () => shown(written),
    async () => {
      const known = await contexts.get(request.agentId, request.contextHash, (offset) =>
        readPage(request, offset),
      );
      const reply = await model.reply(
        {
          model: request.model,
          messages: known.entries.map(({ message }) => message),
          tools: known.tools,
          maxOutputTokens: request.maxOutputTokens,
        },
        {
          signal: context.cancellationSignal,
          onPartial: (soFar) => {
            written = soFar;
          },
          // Once: a person's word is no reason to go on asking a server that has just failed.
          insist: request.insist === true && activityInfo().attempt === 1,
        },
      );
      refuseOversize(reply);
      const { usage, calls } = reply;
      // Every turn has one; what it led to is logged, and the history has the rest.
      log.debug(`model replied: ${calls.length} calls, ${usage.outputTokens} tokens`, {
        agent: request.agentId,
        turn: request.turn,
        model: reply.model,
        attempt: activityInfo().attempt,
        inputTokens: usage.inputTokens,
      });
      // A reply whose calls killed a worker must not be lost by them once more.
      const results = activityInfo().attempt === 1 ? await inline.take(request, calls) : undefined;
      return results ? { ...reply, inline: results } : reply;
    },
  );
}

/** Cut only when it is shown: to cut what grows letter by letter at each letter takes a worker's whole time. */
function shown({ words, calls }: PartialReply): { partial: string; calls: string[] } {
  return {
    partial: words.slice(-PARTIAL_CHARS),
    calls: calls.slice(-MAX_CALLS_PER_TURN).map((call) => call.slice(0, CALL_CHARS)),
  };
}

async function readPage(request: ModelRequest, offset: number): Promise<ContextPage> {
  const { client } = Context.current();
  const handle = client.workflow.getHandle(request.agentId, request.runId);
  const ask = (): Promise<unknown> => handle.query<unknown, [unknown]>('workerContext', { offset });
  const answer = await ask().catch((error: unknown) => {
    // The next one finds the agent read anew.
    if (isReadAhead(error)) return ask();
    throw error;
  });
  return ContextPage.parse(answer);
}

function refuseOversize(reply: ModelReply): void {
  const bytes = jsonBytes(reply);
  const calls = reply.calls.length;
  if (bytes > MAX_REPLY_BYTES) throw oversize(`the reply has ${bytes} bytes, more than ${MAX_REPLY_BYTES}`);
  if (calls > MAX_REPLY_CALLS)
    throw oversize(`the reply asks for ${calls} calls, more than ${MAX_REPLY_CALLS}`);
  // The workflow could not decode it.
  if (isTooDeep(reply)) throw oversize('the arguments of a call are nested too deep');
}

function oversize(message: string): ApplicationFailure {
  return ApplicationFailure.create({ type: 'ModelProtocol', message, nonRetryable: false });
}
