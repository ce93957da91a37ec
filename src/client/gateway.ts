import type { Client } from '@temporalio/client';
import type {
  ApprovalDetails,
  ClosedApprovals,
  ListedAgent,
  PendingApprovals,
  Started,
  Transcript,
  Transitions,
} from '../contracts/answers.ts';
import type { AgentDifference } from '../contracts/difference.ts';
import type { Explanation } from '../contracts/explanation.ts';
import type { MessageAgentInput } from '../contracts/message-agent.ts';
import type { AgentMessageName } from '../contracts/messages.ts';
import type { Rewound, Undone } from '../contracts/rewind.ts';
import type { AgentStartInput } from '../contracts/start.ts';
import type { AgentState, Outcome } from '../contracts/state.ts';
import type { Health } from '../contracts/overview.ts';
import type { StatusDocument } from '../contracts/status.ts';
import type { Timeline } from '../contracts/timeline.ts';
import type { ArchiveStore } from '../storage/archive.ts';
import { type Audit, auditOfAgent, auditRunsOf } from './audit.ts';
import { type Access, askServer } from './access.ts';
import { KnownApprovals } from './known-approvals.ts';
import { approvalDetails } from './approval-details.ts';
import { agentCounts, type AgentCounts } from './agent-counts.ts';
import { type Route, setRoute } from './deploy/set-current.ts';
import { closedApprovals, type ClosedOf } from './closed-approvals.ts';
import { sendToAgent } from './deciding.ts';
import { deliver } from './delivering.ts';
import { deploymentStatus, type DeploymentStatus } from './deploy/status.ts';
import { waitForEnd } from './ending.ts';
import { endedStatus } from './ended-status.ts';
import { explainCall } from './explaining.ts';
import { readFamilyTimeline } from './family-timeline.ts';
import { forkAgent, type ForkInput, type ForkStart } from './forking.ts';
import { historyOf, openAgents, stateAtCheckpoint } from './agent-history.ts';
import { healthOf } from './health.ts';
import { type Past, readPast, readTimeline, type TimelineRange } from './agent-timeline.ts';
import { type AgentPage, listAgents, type ListFilter, listPage } from './listing.ts';
import { liveView, type LiveView } from './live.ts';
import { type ApprovalsOf, pendingApprovals } from './pending-approvals.ts';
import { type Pulse, pulseOf } from './pulse.ts';
import { readStatus, readTransitions } from './reading.ts';
import { RunMemory } from './run-memory.ts';
import { revisionState } from './revision-state.ts';
import { Schedules } from './schedules/schedules.ts';
import { rewindAgent, type RewindOptions, undoneSinceTurn } from './rewinding.ts';
import { cancelAgent } from './sending.ts';
import { startAgent, type StartedWith, startOf, type StartOptions } from './starting.ts';
import { readTranscript } from './transcript.ts';
import { type Trouble, troubleOf } from './trouble.ts';
import { type Watched, watchedAgents } from './watched-agents.ts';
import { workersPolling } from './workers.ts';

/** A worker that has just been killed is replaced within this, and people still wait for it. */
const ANSWER_TIMEOUT_MS = 15_000;

/** Whoever asks whether the server is there wants to know it soon. */
const CHECK_TIMEOUT_MS = 2_000;

export interface GatewayOptions {
  readonly taskQueue: string;
  /** How long to wait for an agent's worker, in milliseconds. */
  readonly answerTimeoutMs?: number;
  /** Told when an answer was read from an agent's history, because no worker gave one; why not, if that is known already. */
  readonly onReadFromHistory?: (agent: string, reason?: string) => void;
  /** Where what Temporal no longer has is read. */
  readonly archive?: ArchiveStore | undefined;
  /** Told when an answer came from there. */
  readonly onReadFromArchive?: (agent: string) => void;
  /** Told why a list lacks what only the archive knows. */
  readonly onArchiveProblem?: (problem: string) => void;
}

/**
 * The one typed way to Temporal. What a worker does not answer in time is read from the agent's history instead. Every method fails with a `GatewayError` whose type is in the failure table.
 */
export class Gateway {
  readonly schedules: Schedules;
  readonly #access: Access;
  readonly #known = new KnownApprovals();
  readonly #runs = new RunMemory();

  constructor(client: Client, options: GatewayOptions) {
    this.#access = {
      client,
      answerTimeoutMs: ANSWER_TIMEOUT_MS,
      onReadFromHistory: () => undefined,
      ...options,
    };
    this.schedules = new Schedules(this.#access);
  }

  /** Temporal's namespace that the agents live in. */
  get namespace(): string {
    return this.#access.client.options.namespace;
  }

  /** Starts an agent; without an id it gets one from its definition's name. */
  start(start: AgentStartInput, options: StartOptions = {}): Promise<Started> {
    return startAgent(this.#access, start, options);
  }

  /** Starts an agent where another one was at the end of a turn, under changed conditions if need be. */
  fork(id: string, how: ForkInput & { start: ForkStart }, options: StartOptions = {}): Promise<Started> {
    return forkAgent(this.#access, id, how, options);
  }

  /** Has the same agent go on from the end of an earlier turn; undefined if nobody agreed to what is left behind. */
  rewind(id: string, turn: number, options: RewindOptions): Promise<Rewound | undefined> {
    return rewindAgent(this.#access, id, turn, options).finally(() => {
      this.#known.forget(id);
    });
  }

  /** What rewinding to the end of a turn would leave behind; nothing is changed. */
  undoneSince(id: string, turn: number): Promise<Undone> {
    return undoneSinceTurn(this.#access, id, turn);
  }

  status(id: string): Promise<StatusDocument> {
    return readStatus(this.#access, id);
  }

  /** The same, for whoever looks at an agent's past next: if it has ended, its last run is read, and kept for them. */
  async statusAndPast(id: string): Promise<StatusDocument> {
    return (await endedStatus(this.#access, this.#runs, id)) ?? this.status(id);
  }

  /** Turns are inclusive on both ends. */
  transcript(id: string, range: { from?: number; to?: number } = {}): Promise<Transcript> {
    return readTranscript(this.#access, this.#runs, id, range);
  }

  /** Transitions of the current run, from a revision on. */
  transitions(id: string, range: { from?: number } = {}): Promise<Transitions> {
    return readTransitions(this.#access, id, range);
  }

  /** All that happened in some turns, across the agent's runs, from its histories. */
  timeline(id: string, range: TimelineRange = {}): Promise<Timeline> {
    return readTimeline(this.#access, this.#runs, id, range);
  }

  /** The same with what the agents below did, each where it was delegated to. */
  familyTimeline(id: string, range: TimelineRange = {}): Promise<Timeline> {
    return readFamilyTimeline(this.#access, this.#runs, id, range);
  }

  /** The same with the status that it led to: both are of one moment. */
  past(id: string, range: TimelineRange = {}): Promise<Past> {
    return readPast(this.#access, this.#runs, id, range);
  }

  /** What led to a call: `3.1` for the first of turn 3, the id of its approval, or its key. */
  explain(id: string, call: string): Promise<Explanation> {
    return explainCall(this.#access, this.#runs, id, call);
  }

  /** Where two agents part, turn by turn. */
  async compare(one: string, other: string): Promise<AgentDifference> {
    const { compareAgents } = await import('./comparing.ts');
    return compareAgents(this.#access, this.#runs, one, other);
  }

  /** The whole state as it was when a revision came to be, across the agent's runs, from its histories. */
  stateAtRevision(id: string, revision: number): Promise<AgentState> {
    return revisionState(this.#access, this.#runs, id, revision);
  }

  /** The whole state at the end of a turn, across the agent's runs, from its histories. */
  stateAt(id: string, turn: number): Promise<AgentState> {
    return stateAtCheckpoint(this.#access, id, turn);
  }

  /** The history of a run, the newest unless another is named, as Temporal's own tools write it. */
  history(id: string, runId?: string): Promise<unknown> {
    return historyOf(this.#access, id, runId);
  }

  /** Every open agent that can be looked at one by one. */
  openAgents(): Promise<{ agents: ListedAgent[]; isComplete: boolean }> {
    return openAgents(this.#access);
  }

  /** Everything that an agent did and that was done to it, from all of its histories; of what was said with values, or only hashes. */
  audit(id: string, values: boolean, known?: readonly string[]): Promise<Audit> {
    return auditOfAgent(this.#access, id, values, known);
  }

  /** The lines of that a run at a time, as they are read. */
  auditRuns(id: string, values: boolean): ReturnType<typeof auditRunsOf> {
    return auditRunsOf(this.#access, id, values);
  }

  /** Sends a message as an update and answers with the new status. The payload may be anything: it is checked. */
  send(id: string, name: AgentMessageName, payload: unknown): Promise<StatusDocument> {
    return sendToAgent(this.#access, id, name, payload).finally(() => {
      this.#known.forget(id);
    });
  }

  /** What an agent was started with. */
  startOf(id: string): Promise<StartedWith> {
    return startOf(this.#access, id);
  }

  /** Hands a message or event over for an agent, which is started if need be; once for each delivery's id. */
  deliver(deliveryId: string, message: MessageAgentInput): Promise<{ isRepeat: boolean }> {
    return deliver(this.#access, deliveryId, message);
  }

  cancel(id: string, reason: string): Promise<void> {
    return cancelAgent(this.#access, id, reason);
  }

  /** Newest first. */
  list(filter: ListFilter = {}): Promise<ListedAgent[]> {
    return listAgents(this.#access, filter);
  }

  /** The same, a page at a time. */
  listPage(filter: ListFilter, cursor?: string): Promise<AgentPage> {
    return listPage(this.#access, filter, cursor);
  }

  /** Every open agent, and those that have ended since then. */
  watched(since: Date | undefined): Promise<Watched> {
    return watchedAgents(this.#access, since);
  }

  /** An approval, open or not, in whichever run of the agent it was asked; from its histories. */
  approval(id: string, approval: string): Promise<ApprovalDetails> {
    return approvalDetails(this.#access, id, approval);
  }

  /** How many agents there are, by status and by what they wait for. */
  counts(): Promise<AgentCounts> {
    return agentCounts(this.#access);
  }

  /** What was decided lately, of the agents that were started last. */
  closedApprovals(of?: ClosedOf): Promise<ClosedApprovals> {
    return closedApprovals(this.#access, this.#runs, of);
  }

  /** Who works, what waits for them, and how many agents there are. */
  health(): Promise<Health> {
    return healthOf(this.#access);
  }

  approvals(of?: ApprovalsOf): Promise<PendingApprovals> {
    return pendingApprovals(this.#access, this.#known, of);
  }

  /** Resolves when the agent has ended, with how. */
  result(id: string): Promise<Outcome> {
    return waitForEnd(this.#access, id);
  }

  /** Whether anything has happened to an agent since it was last asked. */
  pulse(id: string): Promise<Pulse> {
    return pulseOf(this.#access, id);
  }

  live(id: string): Promise<LiveView> {
    return liveView(this.#access, id);
  }

  /** What keeps an agent from moving that its own state does not say; undefined if nothing does. `flags`: for lines of Temporal's tool that are shown. */
  trouble(id: string, flags: readonly string[] = []): Promise<Trouble | undefined> {
    return troubleOf(this.#access, this.#runs, id, flags);
  }

  /** Builds of a deployment (the only one, unless named), their workers and the agents that hold them. */
  deployment(name?: string): Promise<DeploymentStatus> {
    return deploymentStatus(this.#access, name);
  }

  /** Sends agents to a build; refuses what would strand them. */
  route(route: Route): Promise<DeploymentStatus> {
    return setRoute(this.#access, route);
  }

  /** Resolves when the server answers now; fails as everything else would if it does not. */
  async check(): Promise<void> {
    const { client } = this.#access;
    const { namespace } = client.options;
    await askServer({ ...this.#access, serverTimeoutMs: CHECK_TIMEOUT_MS }, () =>
      client.workflowService.describeNamespace({ namespace }),
    );
  }

  /** Whether anybody works on agents of this gateway's task queue. */
  async hasWorker(): Promise<boolean> {
    const { client, taskQueue } = this.#access;
    return (await askServer(this.#access, () => workersPolling(client, taskQueue))).length > 0;
  }
}
