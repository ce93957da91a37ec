/** `make demo`: the stack with the shipped agent on the shipped input, from its first step to its report. */
import { join } from 'node:path';
import { takeLedger } from './demo-ledger.ts';
import { projectRoot } from './demo-place.ts';
import { runDemo } from './demo-run.ts';
import { summary } from './demo-summary.ts';

await runDemo({
  command: 'make demo',
  definition: 'invoice-desk',
  goal: 'Work through the invoices.',
  dataFolder: 'demo',
  workspace: join(projectRoot, 'examples', 'invoice-desk'),
  prepare: takeLedger,
  summary,
});
