import type { Client } from '@temporalio/client';
import { AGENT_WORKFLOW_TYPE } from '../contracts/message-definitions.ts';
import { quoted } from '../contracts/visibility-query.ts';
import { millisecondsOf } from '../contracts/wire-time.ts';

/** A run that the server's index has as closed. */
export interface ClosedRun {
  readonly agent: string;
  readonly runId: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly historyBytes: number;
}

/** What closed within some time, in the order in which it started: so an agent's first run comes before the next one. */
export interface ClosedBatch {
  readonly runs: readonly ClosedRun[];
  /** Everything that closed before is in this batch or an earlier one. */
  readonly to: number;
}

/** One page of the server's: some tenths of a megabyte, and no more work than can be left undone by the next kill. */
const MAX_RUNS = 200;

/**
 * Runs of agents by when they closed, the earliest batch first; one batch, and one question to the server, where nothing has. The server
 * lists what closed last first, so that the time is halved until what closed in it fits into a page. Times are in milliseconds.
 */
export async function* closedRuns(
  client: Client,
  { from, until, taskQueue }: { readonly from: number; readonly until: number; readonly taskQueue?: string },
): AsyncGenerator<ClosedBatch> {
  const queue = taskQueue === undefined ? '' : ` AND TaskQueue = ${quoted(taskQueue)}`;
  let length = until - from;
  for (let begin = from; begin < until;) {
    const to = Math.min(until, begin + length);
    const within = `CloseTime >= '${new Date(begin).toISOString()}' AND CloseTime < '${new Date(to).toISOString()}'`;
    const query = `WorkflowType = '${AGENT_WORKFLOW_TYPE}' AND ${within}${queue}`;
    const runs = await listed(client, query, to - begin > 1);
    if (runs === undefined) {
      length = Math.floor((to - begin) / 2);
      continue;
    }
    yield { runs: runs.toSorted((one, other) => one.startedAt - other.startedAt), to };
    begin = to;
    // After a crowded hour may come an empty week.
    length *= 4;
  }
}

/** Undefined for more than a page, if that may be; it may not for a time that can't be halved. */
async function listed(client: Client, query: string, isDivisible: boolean): Promise<ClosedRun[] | undefined> {
  const runs: ClosedRun[] = [];
  let nextPageToken: Uint8Array | undefined;
  do {
    const page = await client.workflowService.listWorkflowExecutions({
      ...{ namespace: client.options.namespace, query, pageSize: MAX_RUNS },
      ...(nextPageToken === undefined ? {} : { nextPageToken }),
    });
    for (const { execution, startTime, historySizeBytes } of page.executions)
      runs.push({
        agent: execution?.workflowId ?? '',
        runId: execution?.runId ?? '',
        startedAt: millisecondsOf(startTime),
        historyBytes: Number(historySizeBytes ?? 0),
      });
    nextPageToken = page.nextPageToken.length > 0 ? page.nextPageToken : undefined;
    if (isDivisible && nextPageToken !== undefined && runs.length >= MAX_RUNS) return undefined;
  } while (nextPageToken !== undefined);
  return runs;
}
