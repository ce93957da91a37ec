import * as z from 'zod';

/** A place in a trace: of what a span is the child. In the words of the W3C's Trace Context. */
export const TraceContext = z.object({
  traceId: z.string().regex(/^(?!0{32})[0-9a-f]{32}$/),
  spanId: z.string().regex(/^(?!0{16})[0-9a-f]{16}$/),
  /** Undefined: the trace began in a workflow, which can't ask whether it is kept; every process comes to the same answer. */
  sampled: z.boolean().optional(),
  /** What other systems handed along. */
  state: z.string().max(512).optional(),
});
export type TraceContext = z.infer<typeof TraceContext>;

/** What is handed along in headers. */
export const TraceCarrier = z.object({
  traceparent: z.string(),
  tracestate: z.string().max(512).optional(),
  undecided: z.literal('1').optional(),
});
export type TraceCarrier = z.infer<typeof TraceCarrier>;

const SAMPLED = 0x01;

export function carrierOf({ traceId, spanId, sampled, state }: TraceContext): TraceCarrier {
  return {
    traceparent: `00-${traceId}-${spanId}-${sampled === true ? '01' : '00'}`,
    ...(state === undefined ? {} : { tracestate: state }),
    ...(sampled === undefined ? { undecided: '1' } : {}),
  };
}

/** Undefined for what is none: whoever sends nonsense begins a trace of its own. */
export function contextOfCarrier(carrier: unknown): TraceContext | undefined {
  const parsed = TraceCarrier.safeParse(carrier);
  if (!parsed.success) return undefined;
  const { traceparent, tracestate, undecided } = parsed.data;
  const [, traceId, spanId, flags] =
    /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/.exec(traceparent) ?? [];
  const context = TraceContext.safeParse({
    ...{ traceId, spanId },
    ...(undecided === undefined ? { sampled: (parseInt(flags ?? '0', 16) & SAMPLED) === SAMPLED } : {}),
    ...(tracestate === undefined ? {} : { state: tracestate }),
  });
  return context.success ? context.data : undefined;
}

export type SpanAttributes = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** A span that a workflow reports when it is over. Its ids follow from the run, so that every worker gives it the same. */
export interface SpanNews {
  readonly name: string;
  readonly self: TraceContext;
  readonly parent?: TraceContext;
  readonly links: readonly TraceContext[];
  /** Milliseconds since the epoch, in the time of the workflow. */
  readonly from: number;
  readonly to: number;
  readonly attributes: SpanAttributes;
  /** A type of the failure table. */
  readonly error?: string;
}

/** What agents go through, for the numbers of a worker. */
export type AgentNews =
  | { readonly type: 'turn-ended'; readonly definition: string }
  | {
      readonly type: 'approval-closed';
      readonly subject: string;
      readonly outcome: string;
      readonly afterMs: number;
    }
  | { readonly type: 'wait-begun'; readonly kind: string }
  | {
      readonly type: 'agent-ended';
      readonly definition: string;
      readonly status: string;
      readonly failure?: string;
    };
