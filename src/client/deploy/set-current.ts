import type { Access } from '../access.ts';
import { GatewayError } from '../gateway-error.ts';
import { describeDeployment, onlyDeployment, routeTo } from './deployment.ts';
import { pollersFor, versionName, workersOn } from './pollers.ts';
import { deploymentStatus, type DeploymentStatus } from './status.ts';

export interface Route {
  /** Build that gets the work; empty for unversioned workers. */
  readonly build: string;
  /** Of the work of new agents and those that follow; absent: all of it, and the build becomes the current one. */
  readonly percentage?: number;
  readonly deployment?: string;
  /** Goes on although agents are stranded already. */
  readonly ignoreStranded?: boolean;
}

/**
 * Sends work to a build. Fails `Conflict` when no worker of it is there, because then every agent would stop, and when
 * agents are pinned to a build without workers, because whoever changes the deployment now should know.
 */
export async function setRoute(access: Access, route: Route): Promise<DeploymentStatus> {
  const name = route.deployment ?? (await onlyDeployment(access));
  if (name === undefined)
    throw new GatewayError('NotFound', 'There is no deployment: no versioned worker has ever polled.', {
      help: 'Start one with PERDURE_DEPLOYMENT and PERDURE_BUILD_ID (docs/deploys.md).',
    });
  const version = route.build === '' ? undefined : { deployment: name, build: route.build };
  const called = version ? `of version ${versionName(version)}` : 'without a version';
  if (pollersFor(await workersOn(access, access.taskQueue), version).length === 0)
    throw new GatewayError(
      'Conflict',
      `No worker ${called} polls ${access.taskQueue}: all agents would stop.`,
      {
        help: 'Start one first, or see which there are: perdure deploy status.',
      },
    );
  const { builds } = await deploymentStatus(access, name);
  const stranded = builds.filter((one) => one.pinned > 0 && one.stranded !== undefined);
  if (stranded.length > 0 && route.ignoreStranded !== true) {
    const text = stranded.map(({ build, stranded: why }) => `${build ?? ''}: ${why ?? ''}`).join('; ');
    throw new GatewayError('Conflict', `Agents are stranded (${text}).`, {
      help: 'Start workers of that build, or go on without them: --ignore-stranded.',
      details: stranded,
    });
  }
  await routeTo(access, await describeDeployment(access, name), route.build, route.percentage);
  return deploymentStatus(access, name);
}
