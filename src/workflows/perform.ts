import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
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
import { activityOptions as options, modelTaskQueue } from './activity-options.ts';

const { loadDefinition } = proxyActivities<Activities>(options.load);
const { callModel } = proxyActivities<Activities>(options.model);
const { runTool } = proxyActivities<Activities>(options.retryableTool);
const { runPureTools } = proxyLocalActivities<LocalActivities>(options.batch);
const { assessCalls } = proxyLocalActivities<LocalActivities>(options.assess);

/** Carries out a command and says what came of it. A failure is an event as well; only cancellation is thrown. */
export async function perform(command: Command): Promise<NewEvent> {
  switch (command.type) {
    case 'load-definition':
      return attempt(
        async () => ({
          type: 'definition-loaded',
          loaded: read(LoadedDefinition, await loadDefinition(command.name)),
        }),
        (problem) => ({ type: 'definition-failed', problem }),
      );
    case 'call-model':
      return attempt(
        async () => ({ type: 'model-replied', reply: read(ModelReply, await askModel(command)) }),
        (problem) => ({ type: 'model-failed', problem }),
      );
    case 'assess-calls':
      return attempt(
        async () => ({
          type: 'calls-assessed',
          assessments: read(z.array(Assessment), await assessCalls(command.invocations)),
        }),
        ({ message }) => ({
          type: 'calls-assessed',
          assessments: command.invocations.map(({ index }) => ({ type: 'failed', index, message })),
        }),
      );
    case 'run-batch': {
      const indexes = command.invocations.map(({ index }) => index);
      return attempt(
        async () => {
          const outcomes = read(
            z.array(ToolOutcome).length(indexes.length),
            await runPureTools(command.invocations),
          );
          return { type: 'batch-ended', outcomes: pair(indexes, outcomes) };
        },
        () => ({ type: 'batch-lost', indexes }),
      );
    }
    case 'run-tool': {
      const { index } = command.invocation;
      return attempt(
        async () => ({ type: 'tool-ended', index, outcome: read(ToolOutcome, await runStep(command)) }),
        (problem) => ({ type: 'tool-lost', index, problem }),
      );
    }
  }
}

async function askModel({ request, summary }: Extract<Command, { type: 'call-model' }>): Promise<unknown> {
  const { runId, taskQueue } = workflowInfo();
  const queue = modelTaskQueue(taskQueue);
  return callModel.executeWithOptions({ ...options.model, taskQueue: queue, summary }, [
    { ...request, runId },
  ]);
}

async function runStep(command: Extract<Command, { type: 'run-tool' }>): Promise<unknown> {
  const { invocation, retryable, timeoutMs, summary } = command;
  const base = retryable ? options.retryableTool : options.onceTool;
  return runTool.executeWithOptions({ ...base, startToCloseTimeout: timeoutMs, summary }, [invocation]);
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

async function attempt(
  act: () => Promise<NewEvent>,
  failed: (problem: ActivityProblem) => NewEvent,
): Promise<NewEvent> {
  try {
    return await act();
  } catch (error) {
    if (isCancellation(error)) throw error;
    return failed(problemOf(error));
  }
}

/** A result that does not parse is a failure of the step, like any other: nothing unparsed gets into the state. */
function read<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw ApplicationFailure.create({
    type: 'ToolBroken',
    message: `unreadable result: ${describeIssues(parsed.error)}`,
  });
}

const Details = z.tuple([z.object({ retryAfterMs: z.number().optional() })], z.unknown());

function problemOf(error: unknown): ActivityProblem {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure) {
    const details = Details.safeParse(cause.details);
    const retryAfterMs = details.success ? details.data[0].retryAfterMs : undefined;
    const type = isFailureType(cause.type) ? cause.type : 'ToolBroken';
    return { type, message: cause.message, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  }
  if (cause instanceof TimeoutFailure) {
    return { type: 'ToolUnavailable', message: `no answer in time (${cause.timeoutType})` };
  }
  // Anything else is a defect of ours or of the SDK, and must fail the workflow task rather than the agent.
  throw error;
}
