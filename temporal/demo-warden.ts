/** `make demo-warden`: the agent that watches dependencies, on this repository. What it learned is there the next time. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { clean, table } from '../src/client/cli/view/text.ts';
import type { Outcome } from '../src/contracts/state.ts';
import { type DemoPlace, projectRoot } from './demo-place.ts';
import { runDemo } from './demo-run.ts';

const Result = z.object({
  decided: z.array(z.object({ package: z.string(), decision: z.string(), by: z.string() })).default([]),
  remembered: z.number().default(0),
  report: z.string().nullish(),
});

/** What was decided, and where to read on. */
function summary({ workspace, dataDir }: DemoPlace, outcome: Outcome): string {
  const result = outcome.status === 'completed' ? Result.safeParse(outcome.result).data : undefined;
  const { decided = [], remembered = 0, report } = result ?? {};
  const rows = decided.map((each) => [each.package, each.decision, each.by].map(clean));
  const path = typeof report === 'string' ? join(workspace, report) : undefined;
  return [
    rows.length === 0 ? 'Nothing had to be decided.' : table(['package', 'decision', 'by'], rows),
    '',
    `Remembered  ${remembered} decisions of earlier runs`,
    `Report      ${path !== undefined && existsSync(path) ? path : 'none that the agent named'}`,
    `Memory      ${join(dataDir, 'memory.sqlite')}`,
  ].join('\n');
}

await runDemo({
  command: 'make demo-warden',
  definition: 'dependency-warden',
  goal: 'Look after the dependencies.',
  dataFolder: 'demo-warden',
  workspace: projectRoot,
  prepare: () => [],
  summary,
});
