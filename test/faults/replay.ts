import { join } from 'node:path';
import { DefaultLogger, type InjectedSinks, Runtime, Worker } from '@temporalio/worker';
import { dataConverter } from '../../src/contracts/data-converter.ts';
import type { ContextSinks } from '../../src/workflows/context-feed.ts';
import { runsOf } from './evidence.ts';
import type { World } from './world.ts';

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

/** Which of the agents no other worker could take over, because their histories do not come out of the code again. */
export async function replayProblems(world: World, agents: readonly string[]): Promise<string[]> {
  quieten();
  const runs = await Promise.all(agents.map((agent) => runsOf(world.client, agent)));
  const histories = runs.flatMap((ofAgent, index) =>
    ofAgent.map((history) => ({ workflowId: agents[index] ?? '', history })),
  );
  const sinks: InjectedSinks<ContextSinks> = { context: { feed: { fn: () => undefined } } };
  const workflowBundle = { codePath: join(world.build, 'workflow-bundle.js') };
  const problems: string[] = [];
  for await (const { workflowId, error } of Worker.runReplayHistories(
    { workflowBundle, dataConverter, sinks },
    histories,
  )) {
    if (error) problems.push(`${workflowId}: does not replay: ${error.message.slice(0, 400)}`);
  }
  return problems;
}
