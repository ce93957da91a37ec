/** `make bench`: what a turn of an agent costs beside a plain Temporal workflow, and whether its history grows evenly. */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { bareTaskQueue } from './bare/task-queue.ts';
import { historyBytes } from './history-bytes.ts';
import type { Measured, Measurements } from './measurement.ts';
import { report } from './report.ts';
import { agentTaskQueue, startBenchStack } from './stack.ts';
import { stubModelName } from './stub-model.ts';
import { type Variant, variants } from './variants.ts';

/** Long enough that code is compiled, connections are open and the server's caches are warm. */
const WARM_UP_TURNS = 40;

const { values: options } = parseArgs({
  options: {
    turns: { type: 'string', default: '300' },
    runs: { type: 'string', default: '5' },
    /** Only these variants, by name, with commas between them: for profiling, not for the targets. */
    only: { type: 'string', default: '' },
    check: { type: 'boolean', default: false },
  },
});
const turns = Number(options.turns);
const runs = Number(options.runs);
if (!Number.isInteger(turns) || turns < 1 || !Number.isInteger(runs) || runs < 1) {
  process.stderr.write('bench: --turns and --runs are whole numbers from 1\n');
  process.exit(2);
}

const stack = await startBenchStack();
const connection = await Connection.connect({ address: stack.address });
const client = new Client({ connection });
try {
  const measurements = await Promise.race([measureAll(), stack.broken]);
  process.stdout.write(
    `\nNode ${process.version}, ${cpus().length} CPUs (${cpus()[0]?.model ?? ''}), ${turns} turns, ${runs} runs\n\n`,
  );
  const missed = report(measurements);
  if (options.check && missed > 0) process.exitCode = 1;
} finally {
  await connection.close();
  await stack.stop();
}

async function measureAll(): Promise<Measurements> {
  const chosen = variants.filter(({ name }) => options.only === '' || options.only.split(',').includes(name));
  for (const variant of chosen) await measure(variant, WARM_UP_TURNS, 'warm-up');
  const measured = new Map<string, Measured[]>(chosen.map(({ name }) => [name, []]));
  for (let round = 0; round < runs; round += 1) {
    // Each round begins with another one, so that none always follows the same neighbour.
    for (const position of chosen.keys()) {
      const variant = chosen[(position + round) % chosen.length];
      if (variant === undefined) continue;
      const result = await measure(variant, turns, `round ${round + 1}`);
      measured.get(variant.name)?.push(result);
    }
  }
  return measured;
}

/** The clock runs from asking for the start until the result is known, so nothing that a user waits for is left out. */
async function measure(variant: Variant, howMany: number, label: string): Promise<Measured> {
  const id = `${variant.name.replace(' ', '-')}-${label.replace(' ', '-')}`;
  const model = stubModelName(variant.tool, howMany, id);
  const began = performance.now();
  const handle =
    variant.kind === 'bare'
      ? await client.workflow.start('bareTurns', { taskQueue: bareTaskQueue, workflowId: id, args: [model] })
      : await client.workflow.start('persistentAgent', {
          taskQueue: agentTaskQueue,
          workflowId: id,
          args: [{ agent: variant.name, input: 'Begin.', model }],
        });
  await handle.result();
  const msPerTurn = (performance.now() - began) / howMany;
  process.stderr.write(`${label}: ${variant.name} ${msPerTurn.toFixed(1)} ms a turn\n`);
  if (variant.kind === 'bare') return { msPerTurn };
  const history = await historyBytes(client, id, handle.firstExecutionRunId);
  if (history.turns.length !== howMany + 1) {
    throw new Error(`${id} had ${history.turns.length} model calls instead of ${howMany + 1}`);
  }
  return { msPerTurn, history };
}
