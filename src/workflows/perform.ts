import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  proxyActivities,
  proxyLocalActivities,
  TimeoutFailure,
  workflowInfo,
} from '@temporalio/workflow';
import * as z from 'zod';
import { type Activities, LoadedDefinition, type LocalActivities } from '../contracts/activities.ts';
import type { Command } from '../contracts/command.ts';
import type { ActivityProblem } from '../contracts/event.ts';
import { isFailureType } from '../contracts/failures.ts';
import { describeIssues } from '../contracts/messages.ts';
import { ModelReply } from '../contracts/model.ts';
import { Assessment, ToolOutcome } from '../contracts/tool.ts';
import type { NewEvent } from './agent-run.ts';
import { activityOptions as options, toolTaskQueue } from './activity-options.ts';

const { loadDefinition } = proxyActivities<Activities>(options.load);
const { callModel } = proxyActivities<Activities>(options.model);
const { runTool } = proxyActivities<Activities>(options.retryableTool);
const { runPureTools } = proxyLocalActivities<LocalActivities>(options.batch);
const { assessCalls } = proxyLocalActivities<LocalActivities>(options.assess);

/**
 * Carries out a command and says what came of it; a failure is an event as well, and so is a step that somebody cancelled.
 * With a callback instead of an async function: the sandbox records a stack for every promise, and each step comes by here.
 */
export function perform(command: Command, done: (event: NewEvent) => void): void {
  ask(command).then(
    (value) => {
      done(eventOf(command, value));
    },
    (error: unknown) => {
      done(failed(command, problemOf(error, command)));
    },
  );
}

function eventOf(command: Command, value: unknown): NewEvent {
  try {
    return succeeded(command, value);
  } catch (error) {
    return failed(command, problemOf(error, command));
  }
}

function ask(command: Command): Promise<unknown> {
  switch (command.type) {
    case 'load-definition':
      return loadDefinition.executeWithOptions({ ...options.load, summary: command.summary }, [command.name]);
    case 'call-model':
      return askModel(command);
    case 'assess-calls':
      return assessCalls.executeWithOptions({ ...options.assess, summary: command.summary }, [
        command.invocations,
      ]);
    case 'run-batch':
      return runPureTools.executeWithOptions({ ...options.batch, summary: command.summary }, [
        command.invocations,
      ]);
    case 'run-tool':
      return runStep(command);
  }
}

function succeeded(command: Command, value: unknown): NewEvent {
  switch (command.type) {
    case 'load-definition':
      return { type: 'definition-loaded', loaded: read(LoadedDefinition, value) };
    case 'call-model':
      return { type: 'model-replied', reply: read(ModelReply, value) };
    case 'assess-calls':
      return { type: 'calls-assessed', assessments: read(Assessments, value) };
    case 'run-batch': {
      const indexes = command.invocations.map(({ index }) => index);
      return { type: 'batch-ended', outcomes: pair(indexes, read(Outcomes.length(indexes.length), value)) };
    }
    case 'run-tool':
      return { type: 'tool-ended', index: command.invocation.index, outcome: read(ToolOutcome, value) };
  }
}

function failed(command: Command, problem: ActivityProblem): NewEvent {
  switch (command.type) {
    case 'load-definition':
      return { type: 'definition-failed', problem };
    case 'call-model':
      return { type: 'model-failed', problem };
    case 'assess-calls': {
      const { message } = problem;
      return {
        type: 'calls-assessed',
        assessments: command.invocations.map(({ index }) => ({ type: 'failed', index, message })),
      };
    }
    case 'run-batch':
      return { type: 'batch-lost', indexes: command.invocations.map(({ index }) => index) };
    case 'run-tool':
      return { type: 'tool-lost', index: command.invocation.index, problem };
  }
}

const Assessments = z.array(Assessment);
const Outcomes = z.array(ToolOutcome);

function askModel({ request, summary }: Extract<Command, { type: 'call-model' }>): Promise<unknown> {
  const { runId } = workflowInfo();
  return callModel.executeWithOptions({ ...options.model, summary }, [{ ...request, runId }]);
}

function runStep(command: Extract<Command, { type: 'run-tool' }>): Promise<unknown> {
  const { invocation, retryable, timeoutMs, summary } = command;
  const base = retryable ? options.retryableTool : options.onceTool;
  const taskQueue = toolTaskQueue(workflowInfo().taskQueue);
  return runTool.executeWithOptions({ ...base, taskQueue, startToCloseTimeout: timeoutMs, summary }, [
    invocation,
  ]);
}

function pair(
  indexes: readonly number[],
  outcomes: readonly ToolOutcome[],
): { index: number; outcome: ToolOutcome }[] {
  return outcomes.flatMap((outcome, position) => {
    const index = indexes[position];
    return index === undefined ? [] : [{ index, outcome }];
  });
}

/** A result that does not parse is a failure of the step, like any other: nothing unparsed gets into the state. */
function read<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw ApplicationFailure.create({ message: `unreadable result: ${describeIssues(parsed.error)}` });
}

const Details = z.tuple([z.object({ retryAfterMs: z.number().optional() })], z.unknown());

/** What a failure means where it happened: a model that is silent is another matter than a tool that is. */
function problemOf(error: unknown, { type: command }: Command): ActivityProblem {
  const isModel = command === 'call-model';
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure) {
    const details = Details.safeParse(cause.details);
    const retryAfterMs = details.success ? details.data[0].retryAfterMs : undefined;
    const type = isFailureType(cause.type) ? cause.type : isModel ? 'ModelProtocol' : 'ToolBroken';
    return { type, message: cause.message, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  }
  if (cause instanceof TimeoutFailure) {
    const message = `no answer in time (${cause.timeoutType})`;
    return { type: isModel ? 'ModelTimeout' : 'ToolTimeout', message };
  }
  if (cause instanceof CancelledFailure) {
    const message = 'the step was cancelled while it ran';
    return { type: isModel ? 'ModelUnavailable' : 'ToolTimeout', message };
  }
  // Anything else is a defect of ours or of the SDK, and must fail the workflow task rather than the agent.
  throw error;
}
