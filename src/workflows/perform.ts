import { patched, proxyActivities, proxyLocalActivities, workflowInfo } from '@temporalio/workflow';
import type { Activities, LocalActivities } from '../contracts/activities.ts';
import type { StepCommand } from '../contracts/command.ts';
import type { NewEvent } from '../contracts/event.ts';
import { changesBy, changeNames } from '../core/changes.ts';
import { eventOfAnswer, eventOfError } from '../core/step-event.ts';
import { toolTaskQueue } from '../contracts/task-queues.ts';
import { activityOptions as options } from './activity-options.ts';

const { loadDefinition } = proxyActivities<Activities>(options.load);
const { callModel } = proxyActivities<Activities>(options.model);
const { loadFork, readRecord, recallCalls } = proxyActivities<Activities>(options.record);
const { runTool, reconcileTool, checkCondition, lookAtAgent } = proxyActivities<Activities>(
  options.retryableTool,
);
const { loadDefinition: loadLocally } = proxyLocalActivities<LocalActivities>(options.loadLocally);
const { checkCondition: checkLocally } = proxyLocalActivities<LocalActivities>(options.batch);
const { runPureTools } = proxyLocalActivities<LocalActivities>(options.batch);
const { assessCalls } = proxyLocalActivities<LocalActivities>(options.assess);

/** What a run begins with it keeps: asked again later, one of before would change its ways as soon as it is not replayed any more. */
const ofBeginning: readonly string[] = [changeNames.edition, changeNames.stepTimes];
const settled = new Map<string, boolean>();

export const changes = changesBy((name) => {
  const answer = settled.get(name) ?? patched(name);
  if (ofBeginning.includes(name)) settled.set(name, answer);
  return answer;
});

/** To be called while a run begins. */
export function settleChanges(): void {
  changes.stepTimes();
}

/**
 * Carries out a command and says what came of it; a failure is an event as well, and so is a step that somebody cancelled.
 * With a callback instead of an async function: the sandbox records a stack for every promise, and each step comes by here.
 */
export function perform(command: StepCommand, done: (event: NewEvent) => void): void {
  ask(command).then(
    (value) => {
      done(eventOfAnswer(command, value, changes));
    },
    (error: unknown) => {
      const event = eventOfError(command, error, changes);
      // Anything else is a defect of ours or of the SDK, and must fail the workflow task rather than the agent.
      if (!event) throw error;
      done(event);
    },
  );
}

function ask(command: StepCommand): Promise<unknown> {
  switch (command.type) {
    case 'load-definition':
      return load(command);
    case 'load-fork':
    case 'read-record':
    case 'recall-calls':
      return readOther(command);
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
    case 'reconcile-tool':
      return reconcile(command);
    case 'check-condition':
      return check(command);
    case 'look-at-agent':
      return look(command);
  }
}

function askModel({ request, summary }: Extract<StepCommand, { type: 'call-model' }>): Promise<unknown> {
  const { runId } = workflowInfo();
  return callModel.executeWithOptions({ ...options.model, summary }, [{ ...request, runId }]);
}

function load({ name, summary }: Extract<StepCommand, { type: 'load-definition' }>): Promise<unknown> {
  if (changes.localLoad()) return loadLocally.executeWithOptions({ ...options.loadLocally, summary }, [name]);
  const taskQueue = toolTaskQueue(workflowInfo().taskQueue);
  return loadDefinition.executeWithOptions({ ...options.load, taskQueue, summary }, [name]);
}

/** What another agent did, for a fork of it. */
function readOther(
  command: Extract<StepCommand, { type: 'load-fork' | 'read-record' | 'recall-calls' }>,
): Promise<unknown> {
  const taskQueue = toolTaskQueue(workflowInfo().taskQueue);
  const how = { ...options.record, taskQueue, summary: command.summary };
  switch (command.type) {
    case 'load-fork':
      return loadFork.executeWithOptions(how, [command.fork]);
    case 'read-record':
      return readRecord.executeWithOptions(how, [command.origin, command.turn]);
    case 'recall-calls':
      return recallCalls.executeWithOptions(how, [command.origin, command.calls]);
  }
}

function runStep(command: Extract<StepCommand, { type: 'run-tool' }>): Promise<unknown> {
  const { invocation, retryable, quick, timeoutMs, summary } = command;
  const base = retryable ? options.retryableTool : options.onceTool;
  const place = quick ? options.quickTool : { taskQueue: toolTaskQueue(workflowInfo().taskQueue) };
  return runTool.executeWithOptions({ ...base, ...place, startToCloseTimeout: timeoutMs, summary }, [
    invocation,
  ]);
}

function reconcile(command: Extract<StepCommand, { type: 'reconcile-tool' }>): Promise<unknown> {
  const { invocation, timeoutMs, summary } = command;
  const taskQueue = toolTaskQueue(workflowInfo().taskQueue);
  const base = options.retryableTool;
  return reconcileTool.executeWithOptions({ ...base, taskQueue, startToCloseTimeout: timeoutMs, summary }, [
    invocation,
  ]);
}

function check(command: Extract<StepCommand, { type: 'check-condition' }>): Promise<unknown> {
  const { invocation, condition, timeoutMs, local, summary } = command;
  if (local) return checkLocally.executeWithOptions({ ...options.batch, summary }, [invocation, condition]);
  const taskQueue = toolTaskQueue(workflowInfo().taskQueue);
  const place = { taskQueue, startToCloseTimeout: timeoutMs };
  return checkCondition.executeWithOptions({ ...options.retryableTool, ...place, summary }, [
    invocation,
    condition,
  ]);
}

function look({ sight, summary }: Extract<StepCommand, { type: 'look-at-agent' }>): Promise<unknown> {
  const taskQueue = toolTaskQueue(workflowInfo().taskQueue);
  return lookAtAgent.executeWithOptions({ ...options.look, taskQueue, summary }, [sight]);
}
