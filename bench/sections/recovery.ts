import { setTimeout as pause } from 'node:timers/promises';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import proto from '@temporalio/proto';
import { approved, bareApproved, bySignal, untilAsked } from '../approvals.ts';
import { bareStickyTaskQueue } from '../bare/task-queue.ts';
import { isModelCall, runsOf, stepsOf } from '../histories.ts';
import { type Bench, type Section, type Table, Targets } from '../section.ts';
import type { WorkerName } from '../stack.ts';
import { median, range } from '../statistics.ts';
import { startVariant, type Variant } from '../workflows.ts';

const { PENDING_ACTIVITY_STATE_STARTED: started } = proto.temporal.api.enums.v1.PendingActivityState;

interface Side {
  readonly name: string;
  readonly worker: WorkerName;
  readonly slow: Variant;
  readonly idle: Variant;
  readonly targets?: { readonly inFlightMs: number; readonly idleMs: number };
}

const bareWaits: Variant = { name: 'bare wait', bare: 'bareTurns', call: 'wait' };
const sides: readonly Side[] = [
  {
    ...{ name: 'agent', worker: 'agents' },
    ...{ slow: { name: 'waiting', agent: 'waiting', call: 'wait' }, idle: approved },
    targets: { inFlightMs: 5_000, idleMs: 2_000 },
  },
  {
    ...{ name: 'bare, sticky timeout 1 s', worker: 'bareSticky' },
    slow: { ...bareWaits, taskQueue: bareStickyTaskQueue },
    idle: { ...bareApproved, taskQueue: bareStickyTaskQueue },
  },
  { name: 'bare, as it comes', worker: 'bare', slow: bareWaits, idle: bareApproved },
];

/** Well within the tool's 2 s, and late enough that its start is on record. */
const INTO_TOOL_MS = 300;
const pollMs = 10;

interface Recovery {
  /** From the kill to the tool's new attempt, and to the next model call. */
  readonly toolMs: number;
  readonly turnMs: number;
}

export const recovery: Section = {
  name: 'recovery',
  title: 'After SIGKILL of the only worker',
  about:
    'The worker process is killed and started again at once; the time runs from the kill, the cold start is in it. In flight: a tool that ' +
    'takes 2 s, killed 0.3 s after its start; the next turn is the scheduling of the next model call, so those 2 s are in it as well. None in flight: ' +
    'the workflow waits for a decision, which is sent right after the kill. The plain tool has a heartbeat timeout of 2 s, and the plain worker a ' +
    'prebuilt bundle too.',
  measure: async (bench) => {
    const inFlight = new Map<string, Recovery[]>(sides.map(({ name }) => [name, []]));
    const idle = new Map<string, Recovery[]>(sides.map(({ name }) => [name, []]));
    for (let round = 0; round < bench.sizes.runs; round += 1) {
      for (const side of sides) {
        const [slow, waiting] = [await killInTool(bench, side), await killIdle(bench, side)];
        inFlight.get(side.name)?.push(slow);
        idle.get(side.name)?.push(waiting);
        bench.say(
          `round ${round + 1}: ${side.name}, in flight ${slow.turnMs.toFixed(0)} ms, none ${waiting.turnMs.toFixed(0)} ms`,
        );
      }
    }
    const targets = new Targets();
    const tables = [
      tableOf('a 2 s tool in flight', inFlight, targets, ({ targets: own }) => own?.inFlightMs),
      tableOf('none in flight', idle, targets, ({ targets: own }) => own?.idleMs),
    ];
    return { tables, missed: targets.missed };
  },
};

function tableOf(
  what: string,
  measured: ReadonlyMap<string, readonly Recovery[]>,
  targets: Targets,
  targetOf: (side: Side) => number | undefined,
): Table {
  const rows = sides.map((side) => {
    const runs = measured.get(side.name) ?? [];
    const [tools, turns] = [
      runs.map(({ toolMs }) => toolMs / 1_000),
      runs.map(({ turnMs }) => turnMs / 1_000),
    ];
    const target = targetOf(side);
    return [
      ...[side.name, median(tools).toFixed(1), range(tools, 1), median(turns).toFixed(1), range(turns, 1)],
      ...(target === undefined
        ? ['', '']
        : targets.judge(`<= ${target / 1_000} s`, median(turns) * 1_000 <= target)),
    ];
  });
  return { headings: [what, 'tool starts, s', 'min-max', 'next turn, s', 'min-max', 'target', ''], rows };
}

async function killInTool(bench: Bench, { worker, slow }: Side): Promise<Recovery> {
  const handle = await startVariant(bench, slow, 1);
  while (!(await isToolRunning(handle))) await pause(pollMs);
  await pause(INTO_TOOL_MS);
  const killedAt = await bench.stack.killAndRestart(worker);
  return recovered(bench, handle, killedAt);
}

async function killIdle(bench: Bench, { worker, idle }: Side): Promise<Recovery> {
  const handle = await startVariant(bench, idle, 1);
  const asked = await untilAsked(handle, idle, '');
  const killedAt = await bench.stack.killAndRestart(worker);
  await bySignal(handle, asked);
  return recovered(bench, handle, killedAt);
}

async function isToolRunning(handle: WorkflowHandleWithFirstExecutionRunId): Promise<boolean> {
  const { raw } = await handle.describe();
  return (raw.pendingActivities ?? []).some(
    ({ activityType, state }) => activityType?.name === 'runTool' && state === started,
  );
}

async function recovered(
  bench: Bench,
  handle: WorkflowHandleWithFirstExecutionRunId,
  killedAt: number,
): Promise<Recovery> {
  await handle.result();
  const runs = await runsOf(bench.client, handle.workflowId, handle.firstExecutionRunId);
  const steps = runs.flatMap(stepsOf);
  const tool = steps.find(({ type }) => type === 'runTool');
  const next = steps.filter(isModelCall)[1];
  if (tool === undefined || next === undefined) throw new Error(`${handle.workflowId} did not go on`);
  return { toolMs: tool.startedAt - killedAt, turnMs: next.scheduledAt - killedAt };
}
