import {
  type Headers,
  proxySinks,
  type Sinks,
  type WorkflowInterceptorsFactory,
  workflowInfo,
} from '@temporalio/workflow';
import { AGENT_WORKFLOW_TYPE } from '../contracts/message-definitions.ts';
import type { AgentNews, SpanNews, TraceContext } from '../contracts/trace.ts';
import { contextInHeaders, withTraceHeader } from '../contracts/trace-header.ts';
import { isMessageName } from '../core/incoming.ts';
import { AgentOnlooker } from './agent-onlooker.ts';
import { onlookers } from './onlookers.ts';
import { WorkflowTrace } from './workflow-trace.ts';

export interface TelemetrySinks extends Sinks {
  telemetry: { span(news: SpanNews): void; count(news: AgentNews): void };
}

const { telemetry } = proxySinks<TelemetrySinks>();

/**
 * Only in the bundle of workers that trace or count (`src/worker/bundle.ts`). Every function here hands on at once what it was given, with one more header
 * at most: an `async` one would give the workflow's code another order, and histories that others recorded would not replay.
 */
export const interceptors: WorkflowInterceptorsFactory = () => {
  const trace = new WorkflowTrace((news) => {
    telemetry.span(news);
  });
  const agent = new AgentOnlooker(trace, (news) => {
    telemetry.count(news);
  });
  onlookers.push(agent);
  const inTurn = <Input extends { readonly headers: Headers; readonly args: unknown[] }>(
    input: Input,
  ): Input => ({
    ...input,
    headers: withTraceHeader(input.headers, turnOf(trace, input.args[0]) ?? agent.place),
  });
  const here = <Input extends { readonly headers: Headers }>(input: Input): Input => ({
    ...input,
    headers: withTraceHeader(input.headers, agent.place),
  });
  /** Handlers do all they do before they return, so that what follows from a message is known to do so. */
  const received = <Answer>(name: string, headers: Headers, handle: () => Answer): Answer => {
    const sender = contextInHeaders(headers);
    trace.reportOther(`receive ${isMessageName(name) ? name : 'unknown'}`, sender ?? agent.place, {
      links: sender === undefined ? [] : [agent.place],
      attributes: { 'gen_ai.agent.id': workflowInfo().workflowId },
    });
    agent.sender = sender;
    try {
      return handle();
    } finally {
      agent.sender = undefined;
    }
  };
  return {
    inbound: [
      {
        execute: (input, next) => {
          trace.begin(input.headers);
          const { workflowType } = workflowInfo();
          // Of an agent more is known once it has begun.
          if (workflowType !== AGENT_WORKFLOW_TYPE) trace.reportRun(`workflow ${workflowType}`, {});
          return next(input);
        },
        handleSignal: (input, next) => received(input.signalName, input.headers, () => next(input)),
        handleUpdate: (input, next) => received(input.name, input.headers, () => next(input)),
      },
    ],
    outbound: [
      {
        scheduleActivity: (input, next) => next(inTurn(input)),
        scheduleLocalActivity: (input, next) => next(inTurn(input)),
        startChildWorkflowExecution: (input, next) => next(here(input)),
        signalWorkflow: (input, next) => next(here(input)),
        continueAsNew: (input, next) => {
          agent.leftRun();
          return next({ ...input, headers: withTraceHeader(input.headers, trace.next) });
        },
        getLogAttributes: (input, next) => {
          const { traceId, spanId } = agent.place;
          return next({ ...input, trace_id: traceId, span_id: spanId });
        },
      },
    ],
  };
};

/** Requests of models and invocations of tools say in which turn they are; several in one are of the same. */
function turnOf(trace: WorkflowTrace, argument: unknown): TraceContext | undefined {
  const request: unknown = Array.isArray(argument) ? argument[0] : argument;
  if (typeof request !== 'object' || request === null || !('turn' in request)) return undefined;
  return typeof request.turn === 'number' ? trace.turn(request.turn) : undefined;
}
