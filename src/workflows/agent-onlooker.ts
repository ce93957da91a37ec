import { workflowInfo } from '@temporalio/workflow';
import type { Approval } from '../contracts/approval.ts';
import type { AgentState } from '../contracts/state.ts';
import type { AgentNews, SpanAttributes, TraceContext } from '../contracts/trace.ts';
import { interruptionsOf } from '../core/interruptions.ts';
import type { Onlooker } from './onlookers.ts';
import type { WorkflowTrace } from './workflow-trace.ts';
import { workflowTime } from './workflow-time.ts';

/** Reports of an agent what a trace and the numbers of a worker should have: turns, approvals, waits, and its end. */
export class AgentOnlooker implements Onlooker {
  readonly #trace: WorkflowTrace;
  readonly #count: (news: AgentNews) => void;
  #state: AgentState | undefined;
  #turnSince = 0;
  /** Who sent the message that is being handled. */
  sender: TraceContext | undefined;

  constructor(trace: WorkflowTrace, count: (news: AgentNews) => void) {
    this.#trace = trace;
    this.#count = count;
  }

  /** Where what the agent does now belongs. */
  get place(): TraceContext {
    return this.#trace.turn(this.#state?.turn ?? 0);
  }

  begun(state: AgentState): void {
    this.#state = state;
    this.#turnSince = workflowTime();
    this.#trace.reportRun(`agent ${state.start.agent}`, identity(state));
  }

  changed(before: AgentState, after: AgentState): void {
    this.#state = after;
    if (after.turn !== before.turn) this.#turnSince = workflowTime();
    if (after.approvals !== before.approvals) this.#lookAtApprovals(before, after);
    if (after.checkpoint > before.checkpoint) this.#endTurn(before, after);
    if (after.status === 'waiting' && before.status !== 'waiting') this.#lookAtWaits(after);
    if (after.phase === 'ended' && before.phase !== 'ended') this.#end(after);
  }

  /** The agent continues as new, maybe within a turn. That has a span in each run: what was done in this one names it as its parent. */
  leftRun(): void {
    if (this.#state) this.#reportOpenTurn(this.#state);
  }

  #reportOpenTurn(state: AgentState): void {
    const { turn, checkpoint } = state;
    if (turn > checkpoint)
      this.#trace.reportTurn(turn, {
        from: this.#turnSince,
        attributes: { ...identity(state), 'perdure.turn': turn },
      });
  }

  #endTurn(before: AgentState, after: AgentState): void {
    this.#trace.reportTurn(after.checkpoint, {
      from: this.#turnSince,
      attributes: {
        ...identity(after),
        'perdure.turn': after.checkpoint,
        'perdure.calls': Math.max(before.calls.length, after.calls.length),
      },
    });
    this.#tell({ type: 'turn-ended', definition: after.start.agent });
  }

  #lookAtApprovals(before: AgentState, after: AgentState): void {
    for (const asked of before.approvals) {
      if (asked.status !== 'open') continue;
      const now = after.approvals.find(({ id }) => id === asked.id);
      if (now?.status === 'open') continue;
      this.#approvalClosed(after, now ?? { ...asked, status: 'withdrawn' });
    }
  }

  #approvalClosed(state: AgentState, approval: Approval): void {
    const outcome = approval.decisions.at(-1)?.decision ?? approval.status;
    this.#trace.reportOther(`approval ${approval.tool}`, this.#trace.turn(approval.turn), {
      from: approval.requestedAt,
      links: this.sender ? [this.sender] : [],
      attributes: {
        ...identity(state),
        'perdure.turn': approval.turn,
        'perdure.call': approval.index,
        'perdure.approval.id': approval.id,
        'perdure.approval.subject': approval.subject,
        'perdure.approval.outcome': outcome,
      },
    });
    const afterMs = Math.max(0, workflowTime() - approval.requestedAt);
    this.#tell({ type: 'approval-closed', subject: approval.subject, outcome, afterMs });
  }

  #lookAtWaits(state: AgentState): void {
    for (const kind of new Set(interruptionsOf(state).map((interruption) => interruption.kind)))
      this.#tell({ type: 'wait-begun', kind });
  }

  #end(state: AgentState): void {
    const { outcome, usage, turn, start } = state;
    const failure = outcome?.status === 'failed' ? outcome.failure.type : undefined;
    this.#reportOpenTurn(state);
    this.#trace.reportEnd(`invoke_agent ${start.agent}`, {
      from: workflowInfo().runStartTime.getTime(),
      error: failure,
      attributes: {
        ...identity(state),
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.usage.input_tokens': usage.inputTokens,
        'gen_ai.usage.output_tokens': usage.outputTokens,
        'perdure.outcome': outcome?.status ?? 'gone',
        'perdure.turns': turn,
      },
    });
    this.#tell({
      type: 'agent-ended',
      definition: start.agent,
      status: outcome?.status ?? 'gone',
      ...(failure === undefined ? {} : { failure }),
    });
  }

  #tell(news: AgentNews): void {
    if (!workflowInfo().unsafe.isReplaying) this.#count(news);
  }
}

function identity({ agentId, start }: AgentState): SpanAttributes {
  return {
    'gen_ai.agent.id': agentId,
    'gen_ai.agent.name': start.agent,
    'gen_ai.conversation.id': agentId,
  };
}
