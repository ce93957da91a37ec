import type { ActivityInterceptorsFactory, InjectedSinks } from '@temporalio/worker';
import { contextInHeaders } from '../../contracts/trace-header.ts';
import type { Tracer } from '../../telemetry/tracer.ts';
import type { TelemetrySinks } from '../../workflows/telemetry.ts';

/** A span for each attempt of an activity, in the trace of the workflow that asked for it; its log says so too. */
export function tracedActivities(tracer: Tracer): ActivityInterceptorsFactory {
  return ({ info }) => ({
    inbound: {
      execute: (input, next) => {
        const agent = info.workflowExecution?.workflowId ?? '';
        const turn = turnOf(input.args[0]);
        return tracer.inSpan(
          {
            name: info.activityType,
            kind: 'internal',
            parent: contextInHeaders(input.headers),
            scope: {
              'gen_ai.agent.id': agent,
              'gen_ai.conversation.id': agent,
              ...(turn === undefined ? {} : { 'perdure.turn': turn }),
            },
            attributes: {
              'temporal.workflow.id': agent,
              'temporal.workflow.run_id': info.workflowExecution?.runId ?? '',
              'temporal.activity.id': info.activityId,
              'temporal.activity.type': info.activityType,
              'temporal.activity.attempt': info.attempt,
              'temporal.activity.local': info.isLocal,
            },
          },
          () => next(input),
        );
      },
    },
    outbound: { getLogAttributes: (input, next) => next({ ...input, ...tracer.logFields() }) },
  });
}

/** Requests of models and invocations of tools say in which turn they are; several in one are of the same. */
function turnOf(argument: unknown): number | undefined {
  const request: unknown = Array.isArray(argument) ? argument[0] : argument;
  if (typeof request !== 'object' || request === null || !('turn' in request)) return undefined;
  return typeof request.turn === 'number' ? request.turn : undefined;
}

interface Reporters {
  readonly span: TelemetrySinks['telemetry']['span'];
  readonly count: TelemetrySinks['telemetry']['count'];
}

/** What workflows report, once: not on replay. */
export function telemetrySinks({ span, count }: Reporters): InjectedSinks<TelemetrySinks> {
  return {
    telemetry: {
      span: {
        fn: (_info, news) => {
          span(news);
        },
        callDuringReplay: false,
      },
      count: {
        fn: (_info, news) => {
          count(news);
        },
        callDuringReplay: false,
      },
    },
  };
}
