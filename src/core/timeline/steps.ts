import type { StepCommand } from '../../contracts/command.ts';
import type { AgentEvent } from '../../contracts/event.ts';
import type { ToolInvocation } from '../../contracts/tool.ts';
import type { ModelReply } from '../../contracts/model.ts';
import type { AgentState } from '../../contracts/state.ts';
import type { ModelItem, StepRecord } from '../../contracts/timeline.ts';
import { callItemId } from './calls.ts';
import type { Happening, Sheet } from './sheet.ts';

/** A step that was started: a question to a model is an item of its own, everything else belongs to calls. */
export function beginStep(
  sheet: Sheet,
  command: StepCommand,
  step: StepRecord | undefined,
  now: number,
): void {
  if (command.type === 'call-model') {
    const { turn, model, contextHash, maxOutputTokens } = command.request;
    const at = step?.scheduledAt ?? now;
    sheet.put({
      ...{ kind: 'model', id: command.id, turn, at, model, contextHash, maxOutputTokens },
      ...(step ? { step } : {}),
    });
    return;
  }
  for (const { turn, index } of invocationsOf(command)) addStep(sheet, callItemId(turn, index), step);
}

function addStep(sheet: Sheet, id: string, step: StepRecord | undefined): void {
  const item = sheet.find('call', id);
  if (item && step) sheet.put({ ...item, steps: withStep(item.steps, step) });
}

/** Those with which something was done in the very step that got the reply, if that is what an event is about. */
function callsIn(event: AgentEvent): number[] | undefined {
  if (event.type === 'batch-ended') return event.outcomes.map(({ index }) => index);
  return event.type === 'calls-assessed' ? event.assessments.map(({ index }) => index) : undefined;
}

function invocationsOf(command: Exclude<StepCommand, { type: 'call-model' }>): readonly ToolInvocation[] {
  switch (command.type) {
    case 'run-tool':
    case 'reconcile-tool':
    case 'check-condition':
      return [command.invocation];
    case 'run-batch':
    case 'assess-calls':
      return command.invocations;
    case 'load-definition':
    case 'load-fork':
    case 'read-record':
    case 'recall-calls':
    case 'look-at-agent':
      return [];
  }
}

/** Looks at a condition may be many, and only the last one says anything. */
export function withStep(steps: readonly StepRecord[], step: StepRecord): StepRecord[] {
  const last = steps.at(-1);
  if (last?.activity !== 'checkCondition' || step.activity !== last.activity) return [...steps, step];
  return [...steps.slice(0, -1), { ...step, times: (last.times ?? 1) + (step.times ?? 1) }];
}

/** What a model's step came to. */
export function endModelStep(
  sheet: Sheet,
  command: StepCommand,
  { event, before, applied }: Happening,
): void {
  if (event.type === 'record-read') {
    if (event.recorded.reply && applied !== before)
      sheet.put(fromRecord(command, event.recorded.reply, before, event.at));
    return;
  }
  const item = command.type === 'call-model' ? sheet.find('model', command.id) : undefined;
  if (!item) return;
  const calls = callsIn(event);
  if (calls) {
    for (const index of calls) addStep(sheet, callItemId(before.turn, index), item.step);
    return;
  }
  const ended = {
    ...item,
    endedAt: item.step?.endedAt ?? event.at,
    ...(applied === before ? { ignored: true as const } : {}),
  };
  if (event.type === 'model-replied') {
    const { usage, rated: _rated, calls, ...said } = event.reply;
    sheet.put({ ...ended, reply: { ...said, calls: calls.length }, usage });
  } else if (event.type === 'model-failed') {
    const { type, message } = event.problem;
    sheet.put({ ...ended, failure: { type, message } });
  }
}

/** In a fork: the reply that the agent which was forked got; no model was asked for it. */
function fromRecord(
  { id }: StepCommand,
  { usage, rated: _rated, calls, ...said }: ModelReply,
  { turn, contextHash }: AgentState,
  at: number,
): ModelItem {
  return {
    ...{ kind: 'model', id, turn, at, endedAt: at, model: said.model, contextHash, maxOutputTokens: 0 },
    ...{ recorded: true, reply: { ...said, calls: calls.length }, usage },
  };
}
