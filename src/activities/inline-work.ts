import { log } from '@temporalio/activity';
import type { InlineResults } from '../contracts/activities.ts';
import type { ModelRequest, RequestedCall } from '../contracts/model.ts';
import type { ToolInvocation } from '../contracts/tool.ts';
import { MAX_CALLS_PER_TURN } from '../core/bounds.ts';
import { isBuiltIn } from '../core/built-in-tools.ts';
import { callKey } from '../core/calls.ts';
import { hashJson } from '../core/hash.ts';
import { pair } from '../core/step-event.ts';
import { assessCalls, runPureTools, type ToolHost } from './run-tool.ts';
import { messageOf } from './tool-failure.ts';

/** A reply is not recorded before this is over, and it is lost if the worker dies meanwhile: about what recording it takes. */
const MAX_INLINE_MS = 100;
/** A tool that took longer gets steps of its own for so long: each try is lost time. */
const SLOW_FOR_MS = 60_000;

/**
 * Does with the calls of a reply what only reads, in the step that got the reply: those of pure tools run, or those that policy
 * asks about are assessed. What does not work out within moments is left to steps of their own, as if nobody had tried.
 */
export class InlineWorker {
  readonly #host: ToolHost;
  readonly #slowUntil = new Map<string, number>();

  constructor(host: ToolHost) {
    this.#host = host;
  }

  async take(request: ModelRequest, calls: readonly RequestedCall[]): Promise<InlineResults | undefined> {
    const { inline } = request;
    if (!inline || calls.length === 0 || calls.length > MAX_CALLS_PER_TURN) return undefined;
    const invocations = calls.flatMap((call, index) => invocationOf(request, call, index) ?? []);
    const pure = invocations.filter(({ tool }) => inline.run.includes(tool));
    const assessed = invocations.filter(({ tool }) => inline.assess.includes(tool));
    // The agent carries its commands out itself; beside any other call nothing runs.
    const isPure = calls.every(({ name }) => inline.run.includes(name) || isBuiltIn(name));
    if (isPure && pure.length > 0) return this.#within(pure, (signal) => this.#run(pure, signal));
    if (assessed.length === 0) return undefined;
    return this.#within(assessed, async (signal) => {
      const assessments = await assessCalls(assessed, this.#host, signal);
      // One that wants to be asked again later is heard in a step of its own.
      return assessments.some(({ type }) => type === 'rate-limited')
        ? undefined
        : { type: 'assessed', assessments };
    });
  }

  async #run(invocations: readonly ToolInvocation[], signal: AbortSignal): Promise<InlineResults> {
    const outcomes = await runPureTools(invocations, this.#host, signal);
    const indexes = invocations.map(({ index }) => index);
    return { type: 'ran', outcomes: pair(indexes, outcomes) };
  }

  /** Undefined when it takes too long, or when it can't be done now. */
  async #within(
    invocations: readonly ToolInvocation[],
    work: (signal: AbortSignal) => Promise<InlineResults | undefined>,
  ): Promise<InlineResults | undefined> {
    const names = new Set(invocations.map(({ tool }) => tool));
    const now = performance.now();
    if ([...names].some((name) => (this.#slowUntil.get(name) ?? 0) > now)) return undefined;
    const late = new AbortController();
    const timer = setTimeout(() => {
      late.abort();
    }, MAX_INLINE_MS);
    try {
      return await Promise.race([work(late.signal), lateness(late.signal)]);
    } catch (error) {
      log.debug(`not done along with the reply: ${messageOf(error)}`);
      return undefined;
    } finally {
      clearTimeout(timer);
      if (late.signal.aborted)
        for (const name of names) this.#slowUntil.set(name, performance.now() + SLOW_FOR_MS);
    }
  }
}

function lateness(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => {
      resolve(undefined);
    });
  });
}

function invocationOf(
  { agentId, turn, inline }: ModelRequest,
  { name, args }: RequestedCall,
  index: number,
): ToolInvocation | undefined {
  if (!inline || args.type === 'malformed') return undefined;
  const key = callKey({ firstRunId: inline.firstRunId, turn }, index, hashJson(args.value));
  return { agentId, turn, index, tool: name, args: args.value, key };
}
