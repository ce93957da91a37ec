import { defaultPayloadConverter, type Headers } from '@temporalio/common';
import { carrierOf, contextOfCarrier, type TraceContext } from './trace.ts';

/** As in Temporal's own tracing interceptors for all languages, so that workflows of others are in the same trace. */
const traceHeader = '_tracer-data';

export function withTraceHeader(headers: Headers, context: TraceContext | undefined): Headers {
  if (context === undefined) return headers;
  return { ...headers, [traceHeader]: defaultPayloadConverter.toPayload(carrierOf(context)) };
}

/** Anybody may send any header; one that can't be read is none. */
export function contextInHeaders(headers: Headers): TraceContext | undefined {
  const payload = headers[traceHeader];
  if (payload === undefined) return undefined;
  try {
    return contextOfCarrier(defaultPayloadConverter.fromPayload<unknown>(payload));
  } catch {
    return undefined;
  }
}
