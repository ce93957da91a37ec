import type { WorkerOptions } from '@temporalio/worker';
import type { WorkerEnvironment } from './environment.ts';

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
  const names = held.split(',').map((name) => name.trim());
  return {
    patchActivationCallback: ({ patchId }) => !names.includes('all') && !names.includes(patchId),
  };
}
