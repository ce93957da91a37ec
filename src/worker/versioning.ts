import type { WorkerOptions } from '@temporalio/worker';
import type winston from 'winston';
import { ASKING_CHANGE } from '../contracts/message-agent.ts';
import { changeNames } from '../core/changes.ts';
import type { WorkerEnvironment } from './environment.ts';

/** In place of names: every change that the build knows. */
const ALL = 'all';

/** Opt-in: without it workers are unversioned, and changes to workflow code are kept safe by `patched` and the replay gate. */
export function versioning({
  PERDURE_DEPLOYMENT: deploymentName,
  PERDURE_BUILD_ID: buildId,
  PERDURE_VERSIONING: behavior,
}: WorkerEnvironment): Pick<WorkerOptions, 'workerDeploymentOptions'> {
  if (deploymentName === undefined || buildId === undefined) return {};
  return {
    workerDeploymentOptions: {
      version: { deploymentName, buildId },
      useWorkerVersioning: true,
      defaultVersioningBehavior: behavior === 'pinned' ? 'PINNED' : 'AUTO_UPGRADE',
    },
  };
}

/**
 * A change guarded by `patched` that an agent has made can't be taken back: a build that does not know it can't go on with
 * that agent. So a new build may know its changes and not make them yet. What agents have made already is followed.
 */
export function heldChanges({
  PERDURE_HOLD_CHANGES: held,
}: WorkerEnvironment): Pick<WorkerOptions, 'patchActivationCallback'> {
  if (held === undefined) return {};
  const names = namesIn(held);
  return {
    patchActivationCallback: ({ patchId }) => !names.includes(ALL) && !names.includes(patchId),
  };
}

/** A name with a mistake holds nothing, and the way back would be found closed when it is needed. */
export function sayWhatIsHeld(
  { PERDURE_HOLD_CHANGES: held = '' }: WorkerEnvironment,
  logger: Pick<winston.Logger, 'info' | 'warn'>,
): void {
  const known: readonly string[] = [...Object.values(changeNames), ASKING_CHANGE];
  const names = namesIn(held);
  const kept = names.includes(ALL) ? known : names.filter((name) => known.includes(name));
  const unknown = names.filter((name) => name !== ALL && !known.includes(name));
  if (kept.length > 0) logger.info(`changes that are held: ${kept.join(', ')}`);
  if (unknown.length > 0)
    logger.warn(
      `PERDURE_HOLD_CHANGES: this build knows no change ${unknown.join(', ')}; there are ${known.join(', ')}`,
    );
}

function namesIn(held: string): string[] {
  return held
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
