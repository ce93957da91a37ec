import * as z from 'zod';
import { type EffectClass, Reconciliation, type ToolManifest } from '../contracts/tool.ts';
import { JsonObject } from '../contracts/json.ts';
import type { AgentStartInput } from '../contracts/start.ts';
import type { Memory } from '../storage/memories.ts';
import type { Ledger } from './ledger.ts';
import type { Workspace } from './workspace.ts';

/** What every tool gets besides its arguments. */
export interface ToolContext {
  readonly workspace: Workspace;
  readonly ledger: Ledger;
  /** The current time; injected so that tests and replays can set it. */
  readonly now: () => Date;
  /** Not where tools are tried without a server. */
  readonly agents?: AgentStarter;
  /** Aborted when the call is cancelled, times out or the worker shuts down. */
  readonly signal: AbortSignal;
  /**
   * Idempotency key of the call that facts are established for, if it is known. What happened under this key is the
   * call's own doing and is not held against it: an attempt that paid and then died must find the same facts again.
   */
  readonly key?: string;
}

/** What a running call gets on top: its identity, and the means to prove that it is still the one that may act. */
export interface RunContext extends ToolContext {
  readonly agentId: string;
  /** Idempotency key of this call. Hand it to whoever owns the effect. */
  readonly key: string;
  /**
   * The facts that policy decided on, if the tool has any. A tool that moves money compares them with what it finds at
   * the last moment. Without them the tool goes by what it finds when it starts.
   */
  readonly facts?: JsonObject;
  /** Shows how far the call is; visible in the Temporal Web UI. */
  readonly progress: (details: string) => void;
  /**
   * Call right before the effect. Rejects when this attempt has been given up on (timed out, cancelled, superseded),
   * so that a process which was suspended and woke up late does not act. The key is what closes the rest of the window.
   */
  readonly confirmLease: () => Promise<void>;
  /** The text of an artifact that a call of this very agent left; undefined when there is none. */
  readonly readArtifact: (artifact: string) => Promise<string | undefined>;
  /** For tools that say `remembers: true`: what the agent may recall, and room to keep more. */
  readonly memory?: AgentMemory;
}

/** Starts agents that go on by themselves, whatever becomes of the one that asked for them. */
export interface AgentStarter {
  /** Once for a key: `ours` when it was started under this key before, `taken` when another agent has the id. */
  readonly start: (asked: {
    id: string;
    start: AgentStartInput;
    key: string;
  }) => Promise<'started' | 'ours' | 'taken'>;
}

/** The memories that one agent can reach, whatever a tool or a model asks for. */
export interface AgentMemory {
  /** Kept once under the key of the call. Undefined: there is no more room for agents of this definition. */
  readonly keep: (memory: { text: string; label?: string | undefined }) => Promise<Memory | undefined>;
  /** What fits best first, among equals newest first; any text will do as a query, and an empty one asks for the newest. */
  readonly recall: (question: {
    query: string;
    label?: string | undefined;
    limit: number;
  }) => Promise<Memory[]>;
}

/** A problem that the model should hear of as data; any other error means that the tool itself is broken or unreachable. */
export class ToolError extends Error {
  override readonly name = 'ToolError';
  readonly type: string;
  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

/**
 * The tool can't do its work now: a busy lock, a full disk, a damaged file. Nothing was done; the call may be retried,
 * and its message tells an operator what to mend. Unlike a `ToolError` the model could do nothing about it.
 */
export class ToolUnavailable extends Error {
  override readonly name = 'ToolUnavailable';
}

/**
 * The owner of the effect wants no more calls for now; nothing was done. The call waits in the open, without taking up
 * a worker, and then runs again under the same key.
 */
export class RateLimited extends Error {
  override readonly name = 'RateLimited';
  readonly retryAfterMs: number;
  constructor(retryAfterMs: number, message = 'asked to come back later') {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}

interface ToolBase<Input extends z.ZodType, Output extends z.ZodType> {
  readonly name: string;
  readonly description: string;
  readonly input: Input;
  readonly output: Output;
  readonly timeoutMs: number;
  /** Its calls get the `memory` of the agent. */
  readonly remembers?: true;
  /** Pure: establishes facts about the arguments from trusted data. Policy decides on them, never on the model's claims. */
  readonly assess?: (args: z.output<Input>, context: ToolContext) => Promise<JsonObject>;
  readonly run: (args: z.output<Input>, context: RunContext) => Promise<z.input<Output>>;
}

/** What asking about a call gives, with the result still as the tool writes it. */
type Found<Result> = Exclude<Reconciliation, { type: 'done' }> | { type: 'done'; result: Result };

/** A tool. Exactly a `reconcilable` one can say afterwards what became of a call. */
export type Tool<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType> = ToolBase<
  Input,
  Output
> &
  (
    | {
        readonly effect: 'reconcilable';
        /** Pure: finds out from the owner of the effect what became of the call that had this key. */
        readonly reconcile: (
          key: string,
          args: z.output<Input>,
          context: ToolContext,
        ) => Promise<Found<z.input<Output>>>;
      }
    | { readonly effect: Exclude<EffectClass, 'reconcilable'>; readonly reconcile?: never }
  );

/** A tool with its argument and result types forgotten; every call parses at run time. */
export interface AnyTool {
  readonly manifest: ToolManifest;
  readonly assess?: (args: unknown, context: ToolContext) => Promise<JsonObject>;
  readonly run: (args: unknown, context: RunContext) => Promise<unknown>;
  readonly reconcile?: (key: string, args: unknown, context: ToolContext) => Promise<Reconciliation>;
}

/**
 * Declares a tool. Arguments and result are parsed at each call: arguments that do not fit throw a `ToolError`
 * of type `Invalid`, a result that does not fit is a defect of the tool and throws.
 */
export function defineTool<Input extends z.ZodType, Output extends z.ZodType>(
  tool: Tool<Input, Output>,
): AnyTool {
  const { assess, reconcile } = tool;
  // Modules in plain JavaScript have no types that would say so.
  if ((tool.effect === 'reconcilable') !== (reconcile !== undefined)) {
    throw new TypeError(`${tool.name}: exactly a reconcilable tool has a reconcile function`);
  }
  const parse = (args: unknown): z.output<Input> => {
    const parsed = tool.input.safeParse(args);
    if (!parsed.success) throw new ToolError('Invalid', z.prettifyError(parsed.error));
    return parsed.data;
  };
  return {
    manifest: {
      name: tool.name,
      description: tool.description,
      effect: tool.effect,
      timeoutMs: tool.timeoutMs,
      inputSchema: JsonObject.parse(z.toJSONSchema(tool.input, { io: 'input', override: withoutFlagged })),
      // What has no JSON Schema may be anything; the tool's own schema has the last word on its results.
      outputSchema: JsonObject.parse(
        z.toJSONSchema(tool.output, { unrepresentable: 'any', override: withoutFlagged }),
      ),
      hasAssess: assess !== undefined,
      hasReconcile: reconcile !== undefined,
      ...(tool.remembers === true ? { remembers: true as const } : {}),
    },
    ...(assess
      ? { assess: async (args: unknown, context: ToolContext) => assess(parse(args), context) }
      : {}),
    ...(reconcile
      ? {
          reconcile: async (key: string, args: unknown, context: ToolContext) => {
            const found = await reconcile(key, parse(args), context);
            if (found.type !== 'done') return Reconciliation.parse(found);
            return Reconciliation.parse({ type: 'done', result: tool.output.parse(found.result) });
          },
        }
      : {}),
    run: async (args, context) => tool.output.parse(await tool.run(parse(args), context)),
  };
}

type Override = NonNullable<z.core.ToJSONSchemaParams['override']>;

/** Flags by which a regular expression means another thing than without; JSON Schema has none. */
const MEANINGFUL_FLAGS = /[imsuv]/;

/** A pattern that means something else without its flags is left to the tool's own schema, as `refine` is. */
const withoutFlagged: Override = ({ zodSchema, jsonSchema }) => {
  const { def } = zodSchema._zod;
  const checks = 'checks' in def ? (def.checks ?? []).map((check) => check._zod.def) : [];
  const isFlagged = [def, ...checks].some(
    (one) => 'pattern' in one && one.pattern instanceof RegExp && MEANINGFUL_FLAGS.test(one.pattern.flags),
  );
  if (!isFlagged) return;
  delete jsonSchema.pattern;
  delete jsonSchema.allOf;
};
