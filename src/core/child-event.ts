import * as z from 'zod';
import type { ChildEnding } from '../contracts/child.ts';
import type { NewEvent } from '../contracts/event.ts';
import { isFailureType } from '../contracts/failures.ts';
import { describeIssues } from '../contracts/messages.ts';
import { AgentResult } from '../contracts/result.ts';
import { UsageTotal } from '../contracts/usage.ts';

export type FamilyEvent = Extract<NewEvent, { child: string }>;

/** What was heard of another agent, and the command that has been carried out with it, unless it is the end of the other. */
export interface Heard {
  readonly event: FamilyEvent;
  readonly command?: string;
}

const kinds: readonly FamilyEvent['type'][] = [
  'child-started',
  'child-refused',
  'child-ended',
  'child-told',
  'child-missed',
  'child-seen',
];

/**
 * What was heard of other agents at the same time, in an order that depends on nothing else: the SDK tells each kind after another
 * number of steps of its own, which no history shows.
 */
export function inOrder(heard: readonly Heard[]): Heard[] {
  const place = ({ type }: FamilyEvent): number => kinds.indexOf(type);
  return heard.toSorted(({ event: one }, { event: other }) => {
    if (place(one) !== place(other)) return place(one) - place(other);
    return one.child < other.child ? -1 : Number(one.child > other.child);
  });
}

/** The end of a child, from what its workflow returned. */
export function childEnded(child: string, value: unknown): FamilyEvent {
  return { type: 'child-ended', child, ending: endingOfResult(value) };
}

/** The end of a child, from the error that Temporal reports. */
export function childFailed(child: string, error: unknown): FamilyEvent {
  return { type: 'child-ended', child, ending: endingOfError(error) };
}

/** Temporal would not start it: the id is in use, or too long. */
export function childRefused(child: string, error: unknown): FamilyEvent {
  const { message } = Message.parse(error);
  return { type: 'child-refused', child, problem: { type: 'Conflict', message } };
}

export function endingOfResult(value: unknown): ChildEnding {
  const parsed = AgentResult.safeParse(value);
  if (!parsed.success) {
    const message = `its result can't be read: ${describeIssues(parsed.error)}`;
    return { status: 'failed', failure: { type: 'ChildFailed', message } };
  }
  const { status, result, reason, usage } = parsed.data;
  if (status === 'completed') return { status, result: result ?? null, usage };
  return { status, reason: reason ?? 'no reason given', usage };
}

const Message = z.object({ message: z.string() }).catch({ message: 'no reason given' });
const Wrapped = z.object({ name: z.literal('ChildWorkflowFailure'), cause: z.unknown() });
/** The errors of the SDK that a workflow can end with, known by their names: core has no SDK. */
const WorkflowError = z.discriminatedUnion('name', [
  z.object({
    name: z.literal('ApplicationFailure'),
    message: z.string(),
    type: z.unknown().optional(),
    details: z.unknown().optional(),
  }),
  z.object({ name: z.literal('CancelledFailure'), message: z.string() }),
  z.object({ name: z.literal('TerminatedFailure'), message: z.string() }),
  z.object({ name: z.literal('TimeoutFailure'), message: z.string() }),
]);
const Details = z.tuple([z.object({ usage: UsageTotal })], z.unknown());

export function endingOfError(error: unknown): ChildEnding {
  const wrapped = Wrapped.safeParse(error);
  const parsed = WorkflowError.safeParse(wrapped.success ? wrapped.data.cause : error);
  if (!parsed.success) {
    return { status: 'failed', failure: { type: 'ChildFailed', message: Message.parse(error).message } };
  }
  const { name, message } = parsed.data;
  switch (name) {
    case 'ApplicationFailure': {
      const type = isFailureType(parsed.data.type) ? parsed.data.type : 'ChildFailed';
      const details = Details.safeParse(parsed.data.details);
      const usage = details.success ? { usage: details.data[0].usage } : {};
      return { status: 'failed', failure: { type, message }, ...usage };
    }
    case 'CancelledFailure':
      return { status: 'cancelled', reason: 'cancelled through Temporal' };
    case 'TerminatedFailure':
      return {
        status: 'failed',
        failure: { type: 'ChildFailed', message: 'it was terminated through Temporal' },
      };
    case 'TimeoutFailure':
      return {
        status: 'failed',
        failure: { type: 'ChildFailed', message: 'Temporal ended it: out of time' },
      };
  }
}
