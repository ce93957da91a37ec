import { CancelledFailure } from '@temporalio/common';
import { APIError, OpenAI } from 'openai';
import type { ModelReply } from '../../contracts/model.ts';
import type { ModelCall, ModelPort, ModelQuestion } from '../ports.ts';
import { chatRequest } from './chat-request.ts';
import { collectReply } from './collect-reply.ts';
import { adapted, DialectMemory } from './dialect.ts';
import { fetchWithReadableErrors } from './error-body.ts';
import { classify, toApplicationFailure } from './failure-classification.ts';
import { finishReply } from './finished-reply.ts';
import { ModelFault } from './model-fault.ts';
import { Patience } from './patience.ts';
import { checkedServer, type ModelServer, type OpenAiOptions } from './model-server.ts';

/** Each step of adapting changes one of the five things that servers differ in. */
const MAX_ADAPTATIONS = 5;
/** The package's own time limit only has to be later than ours, which covers the whole answer and not just its beginning. */
const PACKAGE_TIMEOUT_MARGIN_MS = 60_000;

/**
 * A model behind any server that speaks Chat Completions. Asks once: who retries is decided by the caller from the failure,
 * which is an `ApplicationFailure` of the failure table (`details[0].retryAfterMs` where the server said how long to wait). An
 * aborted call rejects with the signal's own reason. Throws at once when the base URL or a time limit is unusable.
 */
export function createOpenAiModel(options: OpenAiOptions): ModelPort {
  const server = checkedServer(options);
  const client = new OpenAI({
    apiKey: server.apiKey || 'none',
    baseURL: server.baseUrl,
    maxRetries: 0,
    timeout: server.limits.totalMs + PACKAGE_TIMEOUT_MARGIN_MS,
    fetch: fetchWithReadableErrors,
    logLevel: 'off',
  });
  const memory = new DialectMemory();
  return { reply: (question, call) => reply({ server, client, memory }, question, call) };
}

interface Connection {
  readonly server: ModelServer;
  readonly client: OpenAI;
  readonly memory: DialectMemory;
}

async function reply(connection: Connection, question: ModelQuestion, call: ModelCall): Promise<ModelReply> {
  const { server } = connection;
  const patience = new Patience(server.limits);
  const signal = AbortSignal.any([call.signal, patience.signal]);
  try {
    if (server.keyProblem !== undefined) throw new ModelFault('ModelAuthentication', server.keyProblem);
    call.signal.throwIfAborted();
    const response = await ask(connection, question, signal);
    const draft = await collectReply(response, {
      onBytes: () => {
        patience.heardFromServer();
      },
      onPartial: call.onPartial,
      onFinished: () => {
        patience.waitOnlyForTheEnd();
      },
    });
    call.signal.throwIfAborted();
    return finishReply(draft, question);
  } catch (error) {
    if (call.signal.aborted) throw cancellation(call.signal.reason);
    const { host, apiKey } = server;
    throw toApplicationFailure(patience.fault ?? classify(error), { model: question.model, host, apiKey });
  } finally {
    patience.end();
  }
}

/** Asks in the dialect that this model is known to take, and again in another if it refuses for the sake of the dialect. */
async function ask(
  { client, memory }: Connection,
  question: ModelQuestion,
  signal: AbortSignal,
): Promise<Response> {
  let dialect = memory.of(question.model);
  for (let adaptations = 0; ; adaptations++) {
    try {
      const response = await client
        .post('/chat/completions', {
          body: chatRequest(question, dialect),
          headers: { 'content-type': 'application/json' },
          stream: dialect.stream,
          signal,
        })
        .asResponse();
      // Only what has worked is remembered: a message may name a parameter without objecting to it.
      memory.remember(question.model, dialect);
      return response;
    } catch (error) {
      const mayAdapt = adaptations < MAX_ADAPTATIONS && isRefusal(error);
      const next = mayAdapt ? adapted(dialect, error.message, question.maxOutputTokens) : undefined;
      if (next === undefined) throw error;
      dialect = next;
    }
  }
}

function isRefusal(error: unknown): error is APIError {
  return error instanceof APIError && (error.status === 400 || error.status === 422);
}

function cancellation(reason: unknown): Error {
  return reason instanceof Error ? reason : new CancelledFailure('The model call was cancelled');
}
