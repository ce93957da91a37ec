import * as z from 'zod';
import { Definition } from './definition.ts';
import { ChildEnding } from './child.ts';
import type { Sweep } from './archive-sweep.ts';
import type { AgentSight, WantedCall } from './command.ts';
import type { Fork } from './fork.ts';
import type { Delivery, DeliveryOutcome, FoundAgent } from './message-agent.ts';
import type { Notice } from './notice.ts';
import { ModelReply, type ModelRequest } from './model.ts';
import { AgentState, CallOutcome, type RecordedTurn } from './state.ts';
import {
  Assessment,
  type ConditionCheck,
  type Reconciliation,
  type ToolInvocation,
  ToolManifest,
  ToolOutcome,
} from './tool.ts';

/** Whether what people said before this was known counts in full: what they added to budgets, and what a fork was told. With older workers some of it was lost. */
const heedsEarly = z.literal(true).optional();

export const LoadedDefinition = z.object({
  definition: Definition,
  manifests: z.array(ToolManifest),
  heedsEarly,
});
export type LoadedDefinition = z.infer<typeof LoadedDefinition>;

/** What came of the calls of a reply in the very step that got it, by `InlineWork`: those that only read ran, or those that policy asks about were assessed. */
export const InlineResults = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('ran'),
    outcomes: z.array(z.object({ index: z.int(), outcome: ToolOutcome })),
  }),
  z.object({ type: z.literal('assessed'), assessments: z.array(Assessment) }),
]);
export type InlineResults = z.infer<typeof InlineResults>;

export const ModelAnswer = ModelReply.extend({ inline: InlineResults.optional() });
export type ModelAnswer = z.infer<typeof ModelAnswer>;

/**
 * Everything that workflows may ask of the outside world. Failures are `ApplicationFailure`s whose type is in the
 * failure table; what is wrong with one tool call is data in its outcome.
 */
export interface Activities {
  /** Reads `agents/<name>.md` and the manifests of the tools that it lists. Fails `NotFound` or `DefinitionInvalid`. */
  loadDefinition(name: string): Promise<LoadedDefinition>;
  /** Asks the model for the next reply in the context that the request refers to, and does what may be done at once with its calls. */
  callModel(request: ModelRequest): Promise<ModelAnswer>;
  /** Runs one tool call as a step of its own. */
  runTool(invocation: ToolInvocation): Promise<ToolOutcome>;
  /** Asks the tool what became of a call whose step was lost. */
  reconcileTool(invocation: ToolInvocation): Promise<Reconciliation>;
  /** Runs a tool that only reads, and says whether a condition (CEL over `result`) holds of what it gives. */
  checkCondition(invocation: ToolInvocation, condition: string): Promise<ConditionCheck>;
  /** Whether another agent has ended, and how. */
  lookAtAgent(sight: AgentSight): Promise<AgentLooks>;
  /** Where a fork begins. Fails `NotFound` where there is no such agent or turn. */
  loadFork(fork: Fork): Promise<ForkPoint>;
  readRecord(origin: AgentSight, turn: number): Promise<RecordedTurn>;
  recallCalls(origin: AgentSight, calls: readonly WantedCall[]): Promise<RecalledCalls>;
  /** Gets a message to an agent, once. Fails with the type of the agent's refusal, or `NoWorker`. */
  deliverMessage(delivery: Delivery): Promise<DeliveryOutcome>;
  /** Has people told of something, if the worker knows how. Fails `NotificationFailed`. */
  sendNotice(notice: Notice): Promise<void>;
  /** Archives runs that have closed since the last time. Fails `ArchiveUnavailable`. */
  archiveRuns(): Promise<Sweep>;
}

/** Another agent as it was at the end of a turn, and the first of its runs. */
export const ForkPoint = z.object({ run: z.string(), state: AgentState, goesOn: z.boolean(), heedsEarly });
export type ForkPoint = z.infer<typeof ForkPoint>;

/** Which of the calls were found, by the index of the call that was wanted. */
export const RecalledCalls = z.array(z.object({ index: z.int(), outcome: CallOutcome }));
export type RecalledCalls = z.infer<typeof RecalledCalls>;

/** What was found of another agent: without an ending it is open. */
export const AgentLooks = z.object({ ending: ChildEnding.optional() });
export type AgentLooks = z.infer<typeof AgentLooks>;

/** Steps that are recorded as markers: pure, short, and safe to run again. */
export interface LocalActivities extends Pick<Activities, 'loadDefinition' | 'checkCondition'> {
  runPureTools(invocations: readonly ToolInvocation[]): Promise<ToolOutcome[]>;
  assessCalls(invocations: readonly ToolInvocation[]): Promise<Assessment[]>;
  /** The agent that has the id now. */
  findAgent(id: string): Promise<FoundAgent>;
}
