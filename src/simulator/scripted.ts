import { setTimeout as sleep } from 'node:timers/promises';
import { mismatch } from './expectation.ts';
import type { ModelAnswer, ModelFault, ModelReply } from './model-answer.ts';
import {
  createModelServer,
  type ModelRequest,
  type ModelServer,
  type ModelServerOptions,
} from './model-server.ts';
import type { Script } from './script.ts';

/** What a step expects: a function that throws, or a part of the request (`lastMessage` is its last message). */
type Expectation = ((request: ModelRequest) => void) | Readonly<Record<string, unknown>>;

interface StepCommon {
  readonly expect?: Expectation | undefined;
  readonly delayMs?: number | undefined;
  readonly times?: number | undefined;
}

/** One step: what is expected of the next call, and a reply or a fault for it. */
export type ScriptedStep = StepCommon & ({ readonly reply: ModelReply } | ModelFault);

export interface ScriptedModel extends ModelServer {
  /** How many calls the script still waits for. */
  remaining(): number;
  /** What went wrong so far: calls that were not expected, or not like this. */
  unexpected(): readonly string[];
  /** Throws, naming each of them, if a call was unexpected or steps are left over. */
  assertDone(): void;
}

/**
 * Starts a model server that answers by a script, step after step. A call that no step expects is answered with
 * status 500 and a message, and remembered for `assertDone`.
 */
export async function createScriptedModel(
  steps: readonly ScriptedStep[] | Script,
  options: ModelServerOptions = {},
): Promise<ScriptedModel> {
  const play = new Play(steps);
  const documents = { ...options.documents, '/script': () => play.report() };
  const server = await createModelServer((request) => play.answer(request), { ...options, documents });
  return {
    ...server,
    remaining: () => play.remaining(),
    unexpected: () => play.unexpected,
    assertDone: () => {
      play.assertDone();
    },
  };
}

/** A script being played. */
class Play {
  readonly unexpected: string[] = [];
  readonly #queue: { step: ScriptedStep; position: number; left: number }[];

  constructor(steps: readonly ScriptedStep[]) {
    this.#queue = steps.map((step, index) => ({ step, position: index + 1, left: step.times ?? 1 }));
  }

  async answer(request: ModelRequest): Promise<ModelAnswer> {
    const next = this.#queue[0];
    if (next === undefined) {
      return this.#refuse(`call ${request.call} came after the script had ended`);
    }
    next.left -= 1;
    if (next.left === 0) this.#queue.shift();
    const complaint = complaintAbout(next.step.expect, request);
    if (complaint !== undefined) {
      return this.#refuse(`call ${request.call} is not what step ${next.position} expects: ${complaint}`);
    }
    if (next.step.delayMs !== undefined) await delay(next.step.delayMs, request.signal);
    return answerOf(next.step);
  }

  remaining(): number {
    return this.#queue.reduce((sum, entry) => sum + entry.left, 0);
  }

  report(): { remaining: number; unexpected: readonly string[] } {
    return { remaining: this.remaining(), unexpected: this.unexpected };
  }

  assertDone(): void {
    const left = this.#queue.map(({ step, position, left }) => {
      const kind = 'fault' in step ? step.fault : 'reply';
      return `step ${position} (${kind}) was left over${left > 1 ? ` ${left} times` : ''}`;
    });
    const problems = [...this.unexpected, ...left];
    if (problems.length > 0) throw new Error(`The script was not followed:\n- ${problems.join('\n- ')}`);
  }

  #refuse(problem: string): ModelFault {
    this.unexpected.push(problem);
    const error = {
      message: `Scripted model: ${problem}.`,
      type: 'unexpected_call',
      param: null,
      code: null,
    };
    return { fault: 'status', status: 500, body: { error } };
  }
}

function complaintAbout(expect: Expectation | undefined, request: ModelRequest): string | undefined {
  if (expect === undefined) return undefined;
  if (typeof expect !== 'function') {
    return mismatch(expect, { ...request.body, lastMessage: request.body.messages.at(-1) });
  }
  try {
    expect(request);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function delay(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch {
    // The client went away while it waited; the server sees that by itself.
  }
}

/** The answer in a step, without the fields that are about the step itself. */
function answerOf(step: ScriptedStep): ModelAnswer {
  if ('reply' in step && !('fault' in step)) return step.reply;
  return step;
}
