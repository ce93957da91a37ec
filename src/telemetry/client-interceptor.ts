import type { WorkflowClientInterceptor } from '@temporalio/client';
import { withTraceHeader } from '../contracts/trace-header.ts';
import type { Tracer } from './tracer.ts';

/** Hands on in which trace something is asked of a workflow. Queries leave no trace: they change nothing. */
export function traceHeaders(tracer: Tracer): WorkflowClientInterceptor {
  const traced = <Input extends { readonly headers: Parameters<typeof withTraceHeader>[0] }>(
    input: Input,
  ) => ({
    ...input,
    headers: withTraceHeader(input.headers, tracer.active()),
  });
  return {
    startWithDetails: (input, next) => next(traced(input)),
    signal: (input, next) => next(traced(input)),
    signalWithStart: (input, next) => next(traced(input)),
    startUpdate: (input, next) => next(traced(input)),
  };
}
