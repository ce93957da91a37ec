import { type Headers, workflowInfo } from '@temporalio/workflow';
import type { SpanAttributes, SpanNews, TraceContext } from '../contracts/trace.ts';
import { contextInHeaders } from '../contracts/trace-header.ts';
import { workflowTime } from './workflow-time.ts';

/** The spans of a run that other than turns need; turns come after them. */
const RUN_SPAN = 1n;
const END_SPAN = 2n;
const FIRST_OTHER_SPAN = 1n << 32n;

type Report = (news: SpanNews) => void;
interface Told {
  readonly from?: number;
  readonly attributes?: SpanAttributes;
  readonly links?: readonly TraceContext[];
  readonly error?: string | undefined;
}

/**
 * The part of a trace that is a workflow's run. Nothing in it is made by chance: ids follow from the run's id, so that a replay, or
 * another worker, gives a span the same. A run without a header begins a trace, whose id is that of its first run.
 */
export class WorkflowTrace {
  readonly #report: Report;
  #parent: TraceContext | undefined;
  #others = FIRST_OTHER_SPAN;

  constructor(report: Report) {
    this.#report = report;
  }

  /** Before anything else: who started the workflow says in which trace it is. */
  begin(headers: Headers): void {
    this.#parent = contextInHeaders(headers);
  }

  /** The run itself: parent of everything in it. */
  get self(): TraceContext {
    return this.#at(RUN_SPAN);
  }

  turn(turn: number): TraceContext {
    return turn > 0 ? this.#at(END_SPAN + BigInt(turn)) : this.self;
  }

  /** What the next run of the same workflow begins in: beside this one, and not below it. */
  get next(): TraceContext {
    return this.#parent ?? this.self;
  }

  /**
   * Reported when the run begins and not when it ends: agents live for weeks, and meanwhile their spans would have no parent
   * that a trace's reader could find.
   */
  reportRun(name: string, attributes: SpanAttributes): void {
    this.#tell(name, { self: this.self, parent: this.#parent }, { attributes });
  }

  /** The same run once more when it is over, with how long it took. */
  reportEnd(name: string, told: Told): void {
    this.#tell(name, { self: this.#at(END_SPAN), parent: this.self }, told);
  }

  reportTurn(turn: number, told: Told): void {
    this.#tell(`turn ${turn}`, { self: this.turn(turn), parent: this.self }, told);
  }

  reportOther(name: string, parent: TraceContext, told: Told): void {
    // Counted on replay too, or the ids after it would be others.
    this.#others += 1n;
    const { spanId } = this.#at(this.#others);
    this.#tell(name, { self: { ...parent, spanId }, parent }, told);
  }

  #tell(
    name: string,
    { self, parent }: { self: TraceContext; parent: TraceContext | undefined },
    { from = workflowTime(), attributes = {}, links = [], error }: Told,
  ): void {
    // What is replayed was reported when it happened.
    if (workflowInfo().unsafe.isReplaying) return;
    const { workflowId, runId, workflowType } = workflowInfo();
    this.#report({
      ...{ name, self, links, from, to: workflowTime() },
      attributes: {
        'temporal.workflow.id': workflowId,
        'temporal.workflow.run_id': runId,
        'temporal.workflow.type': workflowType,
        ...attributes,
      },
      ...known({ parent, error }),
    });
  }

  /** A run's id is as random as a span's; what tells spans of a run apart is counted. */
  #at(number: bigint): TraceContext {
    const { runId, firstExecutionRunId } = workflowInfo();
    const random = BigInt(`0x${hexOf(runId).slice(16)}`);
    const spanId = (random ^ number).toString(16).padStart(16, '0');
    const { traceId = hexOf(firstExecutionRunId), sampled, state } = this.#parent ?? {};
    return { traceId, spanId, ...known({ sampled, state }) };
  }
}

function hexOf(uuid: string): string {
  return uuid.replaceAll('-', '').toLowerCase();
}

/** Without what is not known: an absent field is another thing than one that is undefined. */
function known<Fields extends object>(
  fields: Fields,
): { [Name in keyof Fields]?: NonNullable<Fields[Name]> } {
  // The entries that are left are those of the type.
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Fields]?: NonNullable<Fields[Name]>;
  };
}
