import { Context, log } from '@temporalio/activity';
import { Json, jsonBytes, type JsonObject } from '../contracts/json.ts';
import type {
  Assessment,
  ConditionCheck,
  EffectClass,
  ToolInvocation,
  ToolOutcome,
} from '../contracts/tool.ts';
import { holds } from '../core/condition.ts';
import { hashJson } from '../core/hash.ts';
import type { MemoryStore } from '../storage/memories.ts';
import {
  type AnyTool,
  RateLimited,
  type RunContext,
  type ToolContext,
  ToolError,
  ToolUnavailable,
} from '../tools/define-tool.ts';
import { agentMemory } from './agent-memory.ts';
import { keepResult, ownerOf } from './keep-result.ts';
import { confirmLease, withHeartbeat } from './lease.ts';
import type { ArtifactPort, McpPort } from './ports.ts';
import { ToolAttempt } from './tool-attempt.ts';
import { messageOf, toolFailure, waitOf } from './tool-failure.ts';

export interface ToolHost {
  readonly artifacts: ArtifactPort;
  readonly memories: MemoryStore;
  readonly mcp: McpPort;
  readonly tools: ReadonlyMap<string, AnyTool>;
  /** What tools get besides their call: files, ledger, clock. */
  readonly resources: Omit<ToolContext, 'signal' | 'key'>;
}

type FailedOutcome = Extract<ToolOutcome, { type: 'failed' }>;

/** Facts are carried with each call that waits and with its approval. */
const MAX_FACTS_BYTES = 2_500;

/** Runs a call as a step of its own. Facts are established once more right before: others than policy saw stop it. */
export async function runTool(invocation: ToolInvocation, host: ToolHost): Promise<ToolOutcome> {
  // A connection that several calls share tells of progress in the context of the call that opened it.
  const context = Context.current();
  const attempt = new ToolAttempt(invocation, effectOf(invocation, host));
  let shown = '';
  const details = (): unknown => ({ progress: shown });
  const progress = (text: string): void => {
    shown = text.slice(0, 4_096);
    context.heartbeat(details());
  };
  const work = async (): Promise<ToolOutcome> => {
    const facts = await confirmedFacts(invocation, host, attempt);
    return 'outcome' in facts
      ? facts.outcome
      : runOnce(invocation, host, { progress, calls: 1, attempt }, facts.confirmed);
  };
  return withHeartbeat(details, work, `tool ${invocation.tool}`);
}

/** Runs the pure calls of a turn side by side, as one marker in the history. */
export async function runPureTools(
  invocations: readonly ToolInvocation[],
  host: ToolHost,
  signal?: AbortSignal,
): Promise<ToolOutcome[]> {
  const shared = { progress: () => undefined, calls: invocations.length, signal };
  return Promise.all(invocations.map((invocation) => runOnce(invocation, host, shared)));
}

/** Establishes the facts that policy decides on. A tool that can't is no reason to fail the others. */
export async function assessCalls(
  invocations: readonly ToolInvocation[],
  host: ToolHost,
  signal?: AbortSignal,
): Promise<Assessment[]> {
  return Promise.all(
    invocations.map(async (invocation): Promise<Assessment> => {
      const { index } = invocation;
      try {
        return { type: 'assessed', index, facts: (await assess(invocation, host, signal)) ?? {} };
      } catch (error) {
        if (error instanceof ToolUnavailable) throw toolFailure(error);
        if (error instanceof RateLimited) {
          return { type: 'rate-limited', index, message: messageOf(error), ...waitOf(error) };
        }
        return { type: 'failed', index, message: messageOf(error) };
      }
    }),
  );
}

async function assess(
  invocation: ToolInvocation,
  host: ToolHost,
  signal = Context.current().cancellationSignal,
) {
  const context = { ...host.resources, key: invocation.key, signal };
  const facts = await toolOf(invocation, host).assess?.(invocation.args, context);
  if (facts !== undefined && jsonBytes(facts) > MAX_FACTS_BYTES)
    throw new Error(`the facts take ${jsonBytes(facts)} bytes, more than ${MAX_FACTS_BYTES}`);
  return facts;
}

/** The facts that policy decided on, if they still hold; otherwise what becomes of the call instead. */
async function confirmedFacts(
  invocation: ToolInvocation,
  host: ToolHost,
  attempt: ToolAttempt,
): Promise<{ confirmed: JsonObject | undefined } | { outcome: ToolOutcome }> {
  if (invocation.factsHash === undefined) return { confirmed: undefined };
  const { mayHaveActed } = attempt;
  try {
    const facts = (await assess(invocation, host)) ?? {};
    if (hashJson(facts) === invocation.factsHash) return { confirmed: facts };
    return { outcome: { type: 'facts-changed', facts, ...(mayHaveActed ? { mayHaveActed } : {}) } };
  } catch (error) {
    // What is wrong with the call now says nothing of what an earlier attempt did.
    if (error instanceof ToolError && !mayHaveActed) return { outcome: failedOutcome(error) };
    throw attempt.notBegun(error);
  }
}

async function runOnce(
  invocation: ToolInvocation,
  host: ToolHost,
  { calls, ...around }: Omit<Around, 'facts'> & { calls: number },
  facts?: JsonObject,
): Promise<ToolOutcome> {
  return withResult(invocation, host, { ...around, facts }, (result, effect) =>
    keepResult(invocation, result, { artifacts: host.artifacts, effect, calls }),
  );
}

/** Runs a tool that is watched. What it gave is recorded only when the condition holds, so that waiting leaves little behind. */
export async function checkCondition(
  invocation: ToolInvocation,
  condition: string,
  host: ToolHost,
): Promise<ConditionCheck> {
  return withResult(
    invocation,
    host,
    { progress: () => undefined },
    async (result, effect): Promise<ConditionCheck> => {
      const held = holds(condition, { result });
      if (typeof held === 'object') return { type: 'unclear', ...held };
      if (!held) return { type: 'not-held' };
      const kept = await keepResult(invocation, result, { artifacts: host.artifacts, effect, calls: 1 });
      if (kept.type === 'succeeded') return { ...kept, type: 'held' };
      return {
        type: 'failed',
        error: kept.type === 'failed' ? kept.error : { type: 'Conflict', message: kept.type },
      };
    },
  );
}

/** What a tool gets of the step that it runs in. */
interface Around {
  readonly progress: (details: string) => void;
  readonly facts?: JsonObject | undefined;
  /** That of the activity where nothing else is said. */
  readonly signal?: AbortSignal | undefined;
  /** Of a call that runs as a step of its own. */
  readonly attempt?: ToolAttempt;
}

/** Runs a tool and does something with its result; a complaint of the tool, and of that, is an outcome. */
async function withResult<Found>(
  invocation: ToolInvocation,
  host: ToolHost,
  { progress, facts, signal = Context.current().cancellationSignal, attempt }: Around,
  use: (result: Json, effect: EffectClass) => Promise<Found>,
): Promise<Found | FailedOutcome> {
  const { agentId, turn, index, tool, key } = invocation;
  const context: RunContext = {
    ...host.resources,
    signal,
    agentId,
    key,
    progress,
    confirmLease,
    readArtifact: (artifact) => host.artifacts.get(ownerOf(invocation), artifact),
    ...(facts === undefined ? {} : { facts }),
    ...agentMemory(invocation, host),
  };
  try {
    const { effect, run } = workOf(invocation, host, attempt);
    if (effect !== 'pure' && attempt?.isLate === true) await confirmLease();
    const said = await run(context);
    attempt?.acted();
    const result = Json.parse(said);
    // What only read is of interest to few; what changed something is what people look for.
    log[effect === 'pure' ? 'debug' : 'info'](`tool ${tool} succeeded`, {
      agent: agentId,
      turn,
      call: index,
      key,
    });
    return await use(result, effect);
  } catch (error) {
    log.info(`tool ${tool} failed: ${messageOf(error)}`, { agent: agentId, turn, call: index, key });
    // What the model may hear of is data; anything else is a failure of the step, retried as its effect class allows.
    if (error instanceof ToolError) return failedOutcome(error);
    throw attempt?.failed(error) ?? toolFailure(error);
  }
}

function failedOutcome(error: ToolError): FailedOutcome {
  return { type: 'failed', error: { type: error.type, message: messageOf(error) } };
}

interface Work {
  readonly effect: EffectClass;
  readonly run: (context: RunContext) => Promise<unknown>;
}

/** What runs a call: a tool of this worker, or the server that the agent's definition names. */
function workOf(invocation: ToolInvocation, host: ToolHost, attempt: ToolAttempt | undefined): Work {
  const { mcp, args } = invocation;
  if (mcp !== undefined) return { effect: mcp.effect, run: (context) => host.mcp.call(mcp, args, context) };
  try {
    const { manifest, run } = toolOf(invocation, host);
    return { effect: manifest.effect, run: (context) => run(args, context) };
  } catch (error) {
    throw attempt?.notBegun(error) ?? error;
  }
}

/** Undefined where this worker has no such tool. */
function effectOf({ mcp, tool }: ToolInvocation, { tools }: ToolHost): EffectClass | undefined {
  return mcp?.effect ?? tools.get(tool)?.manifest.effect;
}

function toolOf({ tool: name }: ToolInvocation, host: ToolHost): AnyTool {
  const tool = host.tools.get(name);
  if (tool) return tool;
  throw new ToolUnavailable(`this worker has no tool ${name}; deploy one that has`);
}
