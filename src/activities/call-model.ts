import { activityInfo, Context, log } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { ModelReply, ModelRequest } from '../contracts/model.ts';
import { ContextPage } from '../contracts/status.ts';
import type { ContextCache } from './context-cache.ts';
import { withHeartbeat } from './lease.ts';
import type { ModelPort, PartialReply } from './ports.ts';

/** What the Web UI and the CLI show of a reply while it is written. */
const PARTIAL_CHARS = 4_096;
const CALL_CHARS = 120;
/** A reply is carried in the history and in the context; no honest one is longer. */
const MAX_REPLY_CHARS = 200_000;

/** Asks the model in the context that the request refers to; the reply enters the history exactly once. */
export async function callModel(
  request: ModelRequest,
  model: ModelPort,
  contexts: ContextCache,
): Promise<ModelReply> {
  const context = Context.current();
  let written = { partial: '', calls: [] as string[] };
  const show = ({ words, calls }: PartialReply): void => {
    written = { partial: words.slice(-PARTIAL_CHARS), calls: calls.map((call) => call.slice(0, CALL_CHARS)) };
  };
  return withHeartbeat(
    () => written,
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
        { signal: context.cancellationSignal, onPartial: show },
      );
      refuseOversize(reply);
      const { usage, calls } = reply;
      log.info(`model replied: ${calls.length} calls, ${usage.outputTokens} tokens`, {
        agent: request.agentId,
        turn: request.turn,
        model: reply.model,
        attempt: activityInfo().attempt,
        inputTokens: usage.inputTokens,
      });
      return reply;
    },
  );
}

async function readPage(request: ModelRequest, offset: number): Promise<ContextPage> {
  const { client } = Context.current();
  const handle = client.workflow.getHandle(request.agentId, request.runId);
  return ContextPage.parse(await handle.query<unknown, [unknown]>('workerContext', { offset }));
}

function refuseOversize(reply: ModelReply): void {
  const size = JSON.stringify(reply).length;
  if (size <= MAX_REPLY_CHARS) return;
  throw ApplicationFailure.create({
    type: 'ModelProtocol',
    message: `the reply has ${size} characters, more than ${MAX_REPLY_CHARS}`,
    nonRetryable: false,
  });
}
