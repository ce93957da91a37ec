import type { SpanAttributes, SpanNews, TraceContext } from '../contracts/trace.ts';

/** A span while it is open. */
export interface OpenSpan {
  readonly rename: (name: string) => void;
  readonly set: (attributes: SpanAttributes) => void;
  /** What went wrong, as a type of the failure table or a status; never in words, which may hold anything. */
  readonly fail: (type: string) => void;
}

export interface SpanStart {
  readonly name: string;
  readonly kind: 'server' | 'client' | 'internal';
  readonly attributes: SpanAttributes;
  /** Instead of the span that is open here. */
  readonly parent?: TraceContext | undefined;
  /** Attributes of every span below as well, and of the log. */
  readonly scope?: SpanAttributes;
}

/** What the product needs of OpenTelemetry. Only `open-telemetry.ts` knows more. */
export interface Tracer {
  /** Whether prompts, replies, arguments and results may be in spans. */
  readonly content: boolean;
  /** Opens a span, and everything that the work does is below it. An error of the work fails the span and is thrown on. */
  readonly inSpan: <Result>(start: SpanStart, work: (span: OpenSpan) => Promise<Result>) => Promise<Result>;
  /** Opens a span that somebody else ends; what `run` does now or later is below it. */
  readonly openSpan: (start: SpanStart, run: (span: OpenSpan & { end: () => void }) => void) => void;
  /** Where we are. */
  readonly active: () => TraceContext | undefined;
  /** Fields for a line of the log. */
  readonly logFields: () => Readonly<Record<string, unknown>>;
  /** A span of a workflow, which is over. */
  readonly record: (news: SpanNews) => void;
  /** Sends what is left, within some seconds. */
  readonly close: () => Promise<void>;
}
