import { archiveQueue, SWEEP_WORKFLOW_TYPE } from '../../contracts/archive-sweep.ts';
import type { ArchiveStore } from '../../storage/archive.ts';
import { shellWord } from '../cli/view/text.ts';
import { since } from '../cli/view/time.ts';
import type { Connected } from '../connection.ts';
import { toGatewayError } from '../failures.ts';
import { type Finding, ok, warn } from './finding.ts';

export interface ArchiveToCheck {
  readonly taskQueue: string;
  readonly store: ArchiveStore;
  /** The setting, as this environment has it. */
  readonly isOff: boolean;
}

const name = 'archive';
const CHECK_TIMEOUT_MS = 5_000;
/** Sweeps come every minute, unless somebody chose otherwise; a worker that was away is not a trouble of the archive's. */
const MAX_SILENCE_MS = 3_600_000;

/** Whether runs are archived by themselves: the schedule that asks for it, and what the archive of this data folder says of the sweeps. */
export async function checkArchive(
  connected: Connected,
  { taskQueue, store, isOff }: ArchiveToCheck,
): Promise<Finding> {
  const schedule = archiveQueue(taskQueue);
  const described = await describe(connected, schedule);
  const byHand = 'perdure archive sync  # from time to time, well within the retention of the namespace';
  if (!described && isOff) return ok(name, 'off (PERDURE_ARCHIVE)');
  if (!described)
    return warn(
      name,
      `nothing is archived by itself: there is no schedule ${schedule}, which a worker makes unless PERDURE_ARCHIVE is off`,
      byHand,
    );
  const { state } = described.schedule ?? {};
  if (state?.paused)
    return warn(
      name,
      `nothing is archived: the schedule ${schedule} is paused (${state.notes ?? 'no note'})`,
      `perdure schedule resume ${shellWord(schedule)}`,
    );
  const { namespace } = connected.settings;
  const troubles = await store.sweeps.troubles(namespace);
  const [first] = troubles;
  if (first)
    return warn(
      name,
      `${troubles.length} run${troubles.length === 1 ? '' : 's'} not archived as they should be: ${first.agent}: ${first.reason}`,
      'perdure archive sync  # once that is mended; it says what is left',
    );
  const mark = await store.sweeps.mark(namespace, taskQueue);
  const now = Date.now();
  if (mark && now - Date.parse(mark.at) > MAX_SILENCE_MS)
    return warn(
      name,
      `the last sweep that came to an end did so ${since(mark.at, now)} ago`,
      `temporal workflow list -q "WorkflowType='${SWEEP_WORKFLOW_TYPE}'"  # says what became of the others; and read the log of the worker`,
    );
  return ok(
    name,
    mark
      ? `schedule ${schedule}; the last sweep ended ${since(mark.at, now)} ago`
      : `schedule ${schedule}; none of its sweeps has filled the archive of this PERDURE_DATA_DIR yet`,
  );
}

async function describe({ client, settings: { namespace } }: Connected, scheduleId: string) {
  try {
    return await client.withDeadline(Date.now() + CHECK_TIMEOUT_MS, () =>
      client.workflowService.describeSchedule({ namespace, scheduleId }),
    );
  } catch (error) {
    if (toGatewayError(error)?.type === 'NotFound') return undefined;
    throw error;
  }
}
