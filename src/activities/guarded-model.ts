import { ApplicationFailure } from '@temporalio/common';
import type { ModelReply } from '../contracts/model.ts';
import { type CallEnd, CircuitBreaker } from './circuit-breaker.ts';
import type { ModelCall, ModelPort, ModelQuestion } from './ports.ts';

/** Definitions name few models, but who starts an agent may name any. The one not asked for longest is forgotten. */
const MAX_BREAKERS = 200;
/** Failures that mean that the server is ill. Any other is an answer, which only a server that lives can give. */
const signsOfIllness = new Set<unknown>(['ModelUnavailable', 'ModelTimeout']);
const MAX_REASON_CHARS = 300;

export interface GuardOptions {
  /** Milliseconds; only differences count. */
  readonly now: () => number;
  /** Told when a model is given up on and when it answers again. */
  readonly report: (line: string) => void;
}

interface Guard {
  readonly breaker: CircuitBreaker;
  lastReason: string;
}

/**
 * A model server behind one breaker for each of its models. What a breaker refuses fails at once as `ModelUnavailable`, which
 * nobody retries: the agent asks its next model, or waits in sight of everybody.
 */
export function guardModel(model: ModelPort, options: GuardOptions): ModelPort {
  const guards = new Map<string, Guard>();
  return { reply: (question, call) => guardedReply({ model, options, guards }, question, call) };
}

interface Guarded {
  readonly model: ModelPort;
  readonly options: GuardOptions;
  readonly guards: Map<string, Guard>;
}

async function guardedReply(
  { model, options, guards }: Guarded,
  question: ModelQuestion,
  call: ModelCall,
): Promise<ModelReply> {
  const name = question.model;
  const guard = guardOf(guards, name, options);
  const { breaker } = guard;
  const leave = breaker.ask({ insist: call.insist });
  if ('retryAfterMs' in leave) throw refused(name, guard, leave.retryAfterMs);
  const end = (how: CallEnd): void => {
    const wasClosed = breaker.isClosed;
    leave.end(how);
    if (breaker.isClosed && !wasClosed) options.report(`${name} answers again`);
    if (!breaker.isClosed && wasClosed)
      options.report(`${name} is not asked for a while: ${guard.lastReason}`);
  };
  try {
    const reply = await model.reply(question, call);
    end('answered');
    return reply;
  } catch (error) {
    if (error instanceof Error) guard.lastReason = error.message.slice(0, MAX_REASON_CHARS);
    end(endOf(error, call));
    throw error;
  }
}

function endOf(error: unknown, { signal }: ModelCall): CallEnd {
  if (signal.aborted || !(error instanceof ApplicationFailure)) return 'unknown';
  return signsOfIllness.has(error.type) ? 'ill' : 'answered';
}

function guardOf(guards: Map<string, Guard>, name: string, { now }: GuardOptions): Guard {
  const guard = guards.get(name) ?? { breaker: new CircuitBreaker(now), lastReason: '' };
  // Re-inserting keeps the map in order of use, so that its first entry is the one to forget.
  guards.delete(name);
  guards.set(name, guard);
  const [oldest] = guards.keys();
  if (guards.size > MAX_BREAKERS && oldest !== undefined) guards.delete(oldest);
  return guard;
}

function refused(name: string, { lastReason }: Guard, retryAfterMs: number): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'ModelUnavailable',
    message: `${name} was not asked, because its last calls failed: ${lastReason}`,
    nonRetryable: true,
    details: [{ retryAfterMs }],
  });
}
