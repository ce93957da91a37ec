import type { RunEnding } from '../contracts/archived-run.ts';
import type { StatusDocument } from '../contracts/status.ts';
import { isoTime } from '../core/interruptions.ts';
import { statusDocument } from '../core/status-document.ts';
import type { RunClosing } from '../history/closing.ts';
import type { ReadRun } from '../history/read-run.ts';

const ended: readonly StatusDocument['status'][] = ['completed', 'failed', 'cancelled'];

/** What ends an agent that does not hear of it, by the names that `perdure start --wait` has for it. */
const failureTypes: Readonly<Partial<Record<RunEnding, string>>> = {
  terminated: 'Terminated',
  timed_out: 'TimedOut',
  failed: 'Failed',
};

/** How an agent stands after a run, for everybody who looks at one: what it knew itself, and how Temporal ended it. */
export function statusOfRun({ record, closing }: ReadRun): StatusDocument {
  return asClosed(statusDocument(record.state), closing);
}

/** Why an agent has failed whose run Temporal closed like this; undefined where it may have ended by itself. */
export function failureOfClosing({
  type,
  status,
  why,
}: RunClosing): { type: string; message: string } | undefined {
  const known = type ?? failureTypes[status];
  return known === undefined ? undefined : { type: known, message: why ?? 'ended through Temporal' };
}

/** An agent that was ended from outside did not change its status any more: it waits for nobody, and this is a change that it does not know. */
export function asClosed(status: StatusDocument, closing: RunClosing | undefined): StatusDocument {
  if (!closing || ended.includes(status.status)) return status;
  const failure = failureOfClosing(closing);
  if (failure === undefined) return status;
  const { paused: _over, ...known } = status;
  return {
    ...known,
    status: 'failed',
    revision: status.revision + 1,
    since: isoTime(closing.at),
    interruptions: [],
    approvals: [],
    calls: [],
    failure,
  };
}
