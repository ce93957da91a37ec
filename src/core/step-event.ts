import * as z from 'zod';
import {
  AgentLooks,
  ForkPoint,
  LoadedDefinition,
  ModelAnswer,
  RecalledCalls,
} from '../contracts/activities.ts';
import type { StepCommand } from '../contracts/command.ts';
import { EDITION } from '../contracts/definition.ts';
import type { ActivityProblem, NewEvent } from '../contracts/event.ts';
import { isFailureType } from '../contracts/failures.ts';
import { describeIssues } from '../contracts/messages.ts';
import { RecordedTurn } from '../contracts/state.ts';
import { Assessment, ConditionCheck, Reconciliation, ToolOutcome } from '../contracts/tool.ts';
import type { Changes } from './changes.ts';
import { didNothing } from './tool-wait.ts';

type StepChanges = Pick<Changes, 'toolWaits' | 'edition'>;

/** What an answer to a command means. One that does not parse is a failure of the step, like any other. */
export function eventOfAnswer(command: StepCommand, value: unknown, changes: StepChanges): NewEvent {
  try {
    return succeeded(command, value, changes);
  } catch (error) {
    if (!(error instanceof UnreadableResult)) throw error;
    return failed(command, { type: unnamedFailure(command), message: error.message }, changes);
  }
}

/** What an error of a command means, as Temporal's SDK reports it; undefined if it is not one of a step. */
export function eventOfError(
  command: StepCommand,
  error: unknown,
  changes: Pick<Changes, 'toolWaits'>,
): NewEvent | undefined {
  if (command.type === 'run-tool' && command.quick && wasNeverStarted(error)) {
    const { index } = command.invocation;
    return {
      type: 'tool-not-started',
      index,
      ...(mayHaveActedBefore(error) ? { mayHaveActed: true } : {}),
    };
  }
  const problem = problemOf(error, command);
  return problem && failed(command, problem, changes);
}

function succeeded(command: StepCommand, value: unknown, changes: StepChanges): NewEvent {
  switch (command.type) {
    case 'load-definition':
      return { type: 'definition-loaded', loaded: byRulesOfNow(read(LoadedDefinition, value), changes) };
    case 'load-fork':
      return { type: 'fork-loaded', point: read(ForkPoint, value) };
    case 'read-record':
      return { type: 'record-read', recorded: read(RecordedTurn, value) };
    case 'recall-calls':
      return { type: 'calls-recalled', found: read(RecalledCalls, value) };
    case 'call-model': {
      const { inline, ...reply } = read(ModelAnswer, value);
      return { type: 'model-replied', command: command.id, reply, ...(inline ? { inline } : {}) };
    }
    case 'assess-calls': {
      const assessments = read(Assessments, value).map((found): Assessment => {
        if (found.type !== 'rate-limited' || changes.toolWaits()) return found;
        return { type: 'failed', index: found.index, message: found.message };
      });
      return { type: 'calls-assessed', assessments };
    }
    case 'run-batch': {
      const indexes = command.invocations.map(({ index }) => index);
      return { type: 'batch-ended', outcomes: pair(indexes, read(Outcomes.length(indexes.length), value)) };
    }
    case 'run-tool':
      return { type: 'tool-ended', index: command.invocation.index, outcome: read(ToolOutcome, value) };
    case 'reconcile-tool':
      return { type: 'tool-reconciled', index: command.invocation.index, found: read(Reconciliation, value) };
    case 'check-condition':
      return { type: 'condition-checked', ...placeOf(command), found: read(ConditionCheck, value) };
    case 'look-at-agent':
      return seen(command, read(AgentLooks, value));
  }
}

function byRulesOfNow(loaded: LoadedDefinition, changes: StepChanges): LoadedDefinition {
  if (!changes.edition()) return loaded;
  return { ...loaded, definition: { ...loaded.definition, edition: EDITION } };
}

function failed(
  command: StepCommand,
  problem: ActivityProblem,
  changes: Pick<Changes, 'toolWaits'>,
): NewEvent {
  switch (command.type) {
    case 'load-definition':
    case 'load-fork':
      return { type: 'definition-failed', problem };
    case 'read-record':
    case 'recall-calls':
      return { type: 'record-lost', problem };
    case 'call-model':
      return { type: 'model-failed', command: command.id, problem };
    case 'assess-calls': {
      const { message } = problem;
      const indexes = command.invocations.map(({ index }) => index);
      if (changes.toolWaits()) return { type: 'assessment-lost', indexes, problem };
      return {
        type: 'calls-assessed',
        assessments: indexes.map((index) => ({ type: 'failed', index, message })),
      };
    }
    case 'run-batch':
      return { type: 'batch-lost', indexes: command.invocations.map(({ index }) => index) };
    case 'run-tool':
      return {
        type: 'tool-lost',
        index: command.invocation.index,
        problem,
        ...(changes.toolWaits() ? {} : { asksAtOnce: true }),
      };
    case 'reconcile-tool':
      return { type: 'reconciliation-lost', index: command.invocation.index, problem };
    case 'check-condition':
      return { type: 'condition-lost', ...placeOf(command), problem };
    case 'look-at-agent':
      // Nothing is known; it is looked at again.
      return seen(command, {});
  }
}

function placeOf({ invocation: { turn, index } }: Extract<StepCommand, { type: 'check-condition' }>) {
  return { turn, index };
}

function seen(
  { role, sight }: Extract<StepCommand, { type: 'look-at-agent' }>,
  { ending }: AgentLooks,
): NewEvent {
  if (role === 'parent') return { type: 'parent-seen', isOpen: ending === undefined };
  const child = sight.agentId;
  return ending ? { type: 'child-ended', child, ending } : { type: 'child-seen', child };
}

const Assessments = z.array(Assessment);
const Outcomes = z.array(ToolOutcome);

/** Outcomes as a batch gives them, in the order of its calls, each with the index of its call. */
export function pair(
  indexes: readonly number[],
  outcomes: readonly ToolOutcome[],
): { index: number; outcome: ToolOutcome }[] {
  return outcomes.flatMap((outcome, position) => {
    const index = indexes[position];
    return index === undefined ? [] : [{ index, outcome }];
  });
}

class UnreadableResult extends Error {}

/** Nothing unparsed gets into the state. */
function read<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new UnreadableResult(`unreadable result: ${describeIssues(parsed.error)}`);
}

/**
 * The errors of the SDK that a step can end with, known by their names: core has no SDK. The step's own error is the
 * cause of an `ActivityFailure`; local activities come without that wrapping.
 */
const StepError = z.discriminatedUnion('name', [
  z.object({
    name: z.literal('ApplicationFailure'),
    message: z.string(),
    type: z.unknown().optional(),
    details: z.unknown().optional(),
  }),
  z.object({
    name: z.literal('TimeoutFailure'),
    timeoutType: z.string().optional(),
    /** As the server wrote it. Its cause is how the attempt before this one failed, which the SDK does not read. */
    failure: z
      .object({
        cause: z
          .object({
            applicationFailureInfo: z
              .object({
                type: z.string().nullish(),
                details: z.object({ payloads: z.array(z.unknown()).nullish() }).nullish(),
              })
              .nullish(),
          })
          .nullish(),
      })
      .nullish(),
  }),
  z.object({ name: z.literal('CancelledFailure') }),
]);
const Wrapped = z.object({ name: z.literal('ActivityFailure'), cause: z.unknown() });
/** What a failure may say beside its message. */
const Details = z.tuple(
  [
    z.object({
      retryAfterMs: z.number().optional(),
      otherModels: z.boolean().optional(),
      mayHaveActed: z.literal(true).optional(),
      notBegun: z.literal(true).optional(),
    }),
  ],
  z.unknown(),
);

/** Temporal counts an attempt as started before any worker gets it, so this one was not begun by anybody. */
function wasNeverStarted(error: unknown): boolean {
  const { data } = StepError.safeParse(causeOf(error));
  return data?.name === 'TimeoutFailure' && data.timeoutType === 'SCHEDULE_TO_START';
}

/** The failure of the attempt before one that was not started says whether anything can have been done; details say that something can. */
function mayHaveActedBefore(error: unknown): boolean {
  const { data } = StepError.safeParse(causeOf(error));
  const cause = data?.name === 'TimeoutFailure' ? data.failure?.cause : undefined;
  if (!cause) return false;
  const { type, details } = cause.applicationFailureInfo ?? {};
  const hasDetails = (details?.payloads ?? []).length > 0;
  return hasDetails || !didNothing({ type: type ?? '' });
}

function causeOf(error: unknown): unknown {
  const wrapped = Wrapped.safeParse(error);
  return wrapped.success ? wrapped.data.cause : error;
}

/** What a failure means where it happened: a model that is silent is another matter than a tool that is. */
function problemOf(error: unknown, command: StepCommand): ActivityProblem | undefined {
  const parsed = StepError.safeParse(causeOf(error));
  if (!parsed.success) return undefined;
  const cause = parsed.data;
  const isModel = command.type === 'call-model';
  switch (cause.name) {
    case 'ApplicationFailure': {
      const type = isFailureType(cause.type) ? cause.type : unnamedFailure(command);
      return { type, message: cause.message, ...detailsOf(cause.details) };
    }
    case 'TimeoutFailure': {
      const message = `no answer in time (${cause.timeoutType})`;
      return { type: isModel ? 'ModelTimeout' : 'ToolTimeout', message };
    }
    case 'CancelledFailure': {
      const message = 'the step was cancelled while it ran';
      return { type: isModel ? 'ModelUnavailable' : 'ToolTimeout', message };
    }
  }
}

function detailsOf(details: unknown): Omit<ActivityProblem, 'type' | 'message'> {
  const parsed = Details.safeParse(details);
  if (!parsed.success) return {};
  const { retryAfterMs, otherModels, mayHaveActed, notBegun } = parsed.data[0];
  return {
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(otherModels === undefined ? {} : { otherModels }),
    ...(mayHaveActed ? { mayHaveActed } : {}),
    ...(notBegun ? { notBegun } : {}),
  };
}

/** The type of a failure that names none of the table. */
function unnamedFailure({ type }: StepCommand): string {
  return type === 'call-model' ? 'ModelProtocol' : 'ToolBroken';
}
