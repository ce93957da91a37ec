import proto from '@temporalio/proto';
import { type Access, askServer } from '../access.ts';
import { GatewayError } from '../gateway-error.ts';

/** A Worker Deployment as the server knows it. */
export interface Deployment {
  readonly name: string;
  readonly current?: string;
  readonly ramping?: { readonly build: string; readonly percentage: number };
  readonly builds: readonly { readonly build: string; readonly state: BuildState }[];
  /** Lets a change be refused when somebody else made one meanwhile. */
  readonly conflictToken: Uint8Array;
}

export type BuildState = 'created' | 'inactive' | 'current' | 'ramping' | 'draining' | 'drained' | 'unknown';

const Status = proto.temporal.api.enums.v1.WorkerDeploymentVersionStatus;
const states: Readonly<Record<number, BuildState>> = {
  [Status.WORKER_DEPLOYMENT_VERSION_STATUS_CREATED]: 'created',
  [Status.WORKER_DEPLOYMENT_VERSION_STATUS_INACTIVE]: 'inactive',
  [Status.WORKER_DEPLOYMENT_VERSION_STATUS_CURRENT]: 'current',
  [Status.WORKER_DEPLOYMENT_VERSION_STATUS_RAMPING]: 'ramping',
  [Status.WORKER_DEPLOYMENT_VERSION_STATUS_DRAINING]: 'draining',
  [Status.WORKER_DEPLOYMENT_VERSION_STATUS_DRAINED]: 'drained',
};

/** The deployment of this name. Fails `NotFound` when no worker of it ever polled. */
export async function describeDeployment(access: Access, name: string): Promise<Deployment> {
  const { workerDeploymentInfo: info, conflictToken } = await askServer(access, () =>
    access.client.workflowService.describeWorkerDeployment({
      namespace: access.client.options.namespace,
      deploymentName: name,
    }),
  );
  const routing = info?.routingConfig;
  const current = routing?.currentDeploymentVersion?.buildId;
  const ramping = routing?.rampingDeploymentVersion?.buildId;
  return {
    name,
    ...(current ? { current } : {}),
    ...(ramping ? { ramping: { build: ramping, percentage: routing.rampingVersionPercentage ?? 0 } } : {}),
    builds: (info?.versionSummaries ?? []).map(({ deploymentVersion, status }) => ({
      build: deploymentVersion?.buildId ?? '',
      state: states[status ?? 0] ?? 'unknown',
    })),
    conflictToken,
  };
}

/** The only deployment of the namespace, if a name is not given; undefined when there is none. Fails `Invalid` for several. */
export async function onlyDeployment(access: Access): Promise<string | undefined> {
  const { workerDeployments } = await askServer(access, () =>
    access.client.workflowService.listWorkerDeployments({
      namespace: access.client.options.namespace,
      pageSize: 10,
    }),
  );
  const names = workerDeployments.map(({ name }) => name ?? '');
  if (names.length > 1)
    throw new GatewayError('Invalid', `There are several deployments: ${names.join(', ')}.`, {
      help: 'Name one: --deployment <name>, or PERDURE_DEPLOYMENT.',
    });
  return names[0];
}

/** Sends new agents, and those that follow, to a build; an empty one stands for unversioned workers. */
export async function routeTo(
  access: Access,
  { name, conflictToken }: Deployment,
  build: string,
  percentage?: number,
): Promise<void> {
  const { namespace, identity } = access.client.options;
  const request = { namespace, identity, deploymentName: name, buildId: build, conflictToken };
  await askServer<unknown>(access, () =>
    percentage === undefined
      ? access.client.workflowService.setWorkerDeploymentCurrentVersion(request)
      : access.client.workflowService.setWorkerDeploymentRampingVersion({ ...request, percentage }),
  );
}
