import { bytesOf, isModelCall, runsOf, stepsOf } from '../histories.ts';
import { files } from '../model-calls.ts';
import { type Section, Targets } from '../section.ts';
import { startVariant } from '../workflows.ts';

const MAX_MB = 2;
const CHARS_PER_TOKEN = 4;

export const conversation: Section = {
  name: 'conversation',
  title: 'A long conversation',
  about:
    'Each model call is followed by a tool result of 8,360 characters. What the history holds, all runs together, as encoded events. ' +
    '(An integration that sends the transcript as an argument needs 50 MB for half of it.)',
  measure: async (bench) => {
    const { conversation: calls } = bench.sizes;
    const targets = new Targets();
    const rows: string[][] = [];
    for (const agent of ['batched', 'step']) {
      const handle = await startVariant(bench, { name: agent, agent, call: 'study' }, calls);
      await handle.result();
      const runs = await runsOf(bench.client, handle.workflowId, handle.firstExecutionRunId);
      const mb = runs.reduce((sum, events) => sum + bytesOf(events), 0) / 1_000_000;
      const tokens = (files.chapter.content.length / CHARS_PER_TOKEN) * calls;
      rows.push([
        agent,
        String(runs.flatMap(stepsOf).filter(isModelCall).length),
        `${Math.round(tokens / 1_000)}k`,
        ...[String(runs.length), mb.toFixed(2)],
        ...targets.judge(`< ${MAX_MB} MB`, mb < MAX_MB),
      ]);
    }
    const headings = ['agent', 'model calls', 'tokens', 'runs', 'history, MB', 'target', ''];
    return { tables: [{ headings, rows }], missed: targets.missed };
  },
};
