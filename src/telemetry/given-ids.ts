import { type IdGenerator, RandomIdGenerator } from '@opentelemetry/sdk-trace-base';

/** Ids by chance, except for a span that has been given its own: those of workflows follow from their run. */
export class GivenIds implements IdGenerator {
  readonly #random = new RandomIdGenerator();
  #given: { readonly traceId: string; readonly spanId: string } | undefined;

  readonly generateTraceId = (): string => this.#given?.traceId ?? this.#random.generateTraceId();
  readonly generateSpanId = (): string => this.#given?.spanId ?? this.#random.generateSpanId();

  /** The span that is started here gets these. */
  with<Result>(ids: { readonly traceId: string; readonly spanId: string }, start: () => Result): Result {
    this.#given = ids;
    try {
      return start();
    } finally {
      this.#given = undefined;
    }
  }
}
