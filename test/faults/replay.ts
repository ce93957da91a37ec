import { join } from 'node:path';
import { DefaultLogger, type InjectedSinks, Runtime, Worker } from '@temporalio/worker';
import { dataConverter } from '../../src/contracts/data-converter.ts';
import { isReadAhead } from '../../src/contracts/read-ahead.ts';
import type { ContextSinks } from '../../src/workflows/context-feed.ts';
import { runsOf } from './evidence.ts';
import type { World } from './world.ts';

type ReplayHistories = Parameters<typeof Worker.runReplayHistories>[1];

let isQuiet = false;

/** The SDK would print each failed replay at length. Once a process, before anything else of the SDK's runtime. */
function quieten(): void {
  if (isQuiet) return;
  isQuiet = true;
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: 'OFF', forward: {} } },
    shutdownSignals: [],
  });
}

/** The SDK shuts its runtime down after the last worker of a process, also while another one is being made: one at a time. */
let previous: Promise<unknown> = Promise.resolve();

/** Which of the agents no other worker could take over, because their histories do not come out of the code again. */
export async function replayProblems(world: World, agents: readonly string[]): Promise<string[]> {
  quieten();
  const runs = await Promise.all(agents.map((agent) => runsOf(world.client, agent)));
  const histories = runs.flatMap((ofAgent, index) =>
    ofAgent.map((history) => ({ workflowId: agents[index] ?? '', history })),
  );
  const mine = previous.then(() => replayed(join(world.build, 'workflow-bundle.js'), histories));
  previous = mine.catch(() => undefined);
  return mine;
}

async function replayed(codePath: string, histories: ReplayHistories): Promise<string[]> {
  const sinks: InjectedSinks<ContextSinks> = { context: { feed: { fn: () => undefined } } };
  const problems: string[] = [];
  for await (const { workflowId, error } of Worker.runReplayHistories(
    { workflowBundle: { codePath }, dataConverter, sinks },
    histories,
  )) {
    if (error && !isReadAhead(error))
      problems.push(`${workflowId}: does not replay: ${error.message.slice(0, 400)}`);
  }
  return problems;
}
