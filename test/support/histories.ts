import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';

const folder = join(import.meta.dirname, '../histories');

/** Histories recorded by `record-histories.ts`: those of agents, and those that belong to other workflows. */
export const historyFiles = globSync(['*.json', 'must-fail/*.json'], { cwd: folder }).toSorted();
export const mustFail = historyFiles.filter((file) => file.startsWith('must-fail'));
export const recorded = historyFiles.filter((file) => !mustFail.includes(file));

/** Of the workflow that speaks to agents: no lives of agents, but to be replayed as well. */
export const messageFiles = globSync('messages/*.json', { cwd: folder }).toSorted();

export function historyIn(file: string) {
  const history = historyFromJSON(JSON.parse(readFileSync(join(folder, file), 'utf8')));
  const started = history.events?.[0]?.workflowExecutionStartedEventAttributes;
  // The name of a file is the agent's id, with the number of the run behind it.
  const workflowId = basename(file, '.json').replace(/-\d+$/, '');
  return { file, history, workflowId, runId: started?.originalExecutionRunId ?? '' };
}
