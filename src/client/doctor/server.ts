import proto from '@temporalio/proto';
import { type SearchAttributeName, searchAttributeTypes } from '../../contracts/search-attributes.ts';
import { grpcCodeOf, grpcStatus } from '../../runtime/grpc-status.ts';
import { shellWord } from '../cli/view/text.ts';
import type { Connected, ConnectionSettings } from '../connection.ts';
import { workersPolling } from '../workers.ts';
import { fail, type Finding, ok, warn } from './finding.ts';

const CHECK_TIMEOUT_MS = 5_000;
const hourSeconds = 3_600;

export async function checkServer({ client, settings }: Connected): Promise<Finding> {
  const { serverVersion } = await client.withDeadline(deadline(), () =>
    client.workflowService.getSystemInfo({}),
  );
  return ok('server', `Temporal ${serverVersion || 'of unknown version'} at ${settings.address}`);
}

/** The history is the only place where an agent lives, so what the namespace deletes is gone. */
export async function checkNamespace(connected: Connected): Promise<Finding> {
  const { settings } = connected;
  const { namespace } = settings;
  const described = await describeNamespace(connected);
  const name = 'namespace';
  if (described === undefined)
    return fail(
      name,
      `${namespace} does not exist on this server`,
      `${temporal(settings, 'operator namespace create', '--retention 90d')}  # or correct TEMPORAL_NAMESPACE`,
    );
  const { config } = described;
  const hours = Math.round(Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) / hourSeconds);
  if (hours === 0 || hours >= 72)
    return ok(name, `${namespace}, keeps ended agents ${Math.round(hours / 24)} d`);
  return warn(
    name,
    `${namespace} keeps ended agents for only ${hours} h`,
    temporal(settings, 'operator namespace update', '--retention 90d'),
  );
}

/** Undefined when there is no such namespace. */
async function describeNamespace({
  client,
  settings: { namespace },
}: Connected): Promise<proto.temporal.api.workflowservice.v1.IDescribeNamespaceResponse | undefined> {
  try {
    return await client.withDeadline(deadline(), () =>
      client.workflowService.describeNamespace({ namespace }),
    );
  } catch (error) {
    if (grpcCodeOf(error) === grpcStatus.notFound) return undefined;
    throw error;
  }
}

export async function checkSearchAttributes({ client, connection, settings }: Connected): Promise<Finding> {
  const { namespace } = settings;
  const { customAttributes } = await client.withDeadline(deadline(), () =>
    connection.operatorService.listSearchAttributes({ namespace }),
  );
  const Types = proto.temporal.api.enums.v1.IndexedValueType;
  const expected: Readonly<
    Record<(typeof searchAttributeTypes)[SearchAttributeName], proto.temporal.api.enums.v1.IndexedValueType>
  > = {
    Keyword: Types.INDEXED_VALUE_TYPE_KEYWORD,
    KeywordList: Types.INDEXED_VALUE_TYPE_KEYWORD_LIST,
    Int: Types.INDEXED_VALUE_TYPE_INT,
  };
  const attributes = Object.entries(searchAttributeTypes);
  const name = 'search attributes';
  const wrong = attributes.filter(
    ([key, type]) => key in customAttributes && customAttributes[key] !== expected[type],
  );
  if (wrong.length > 0)
    return fail(
      name,
      `of another type: ${wrong.map(([key, type]) => `${key} must be ${type}`).join(', ')}`,
      `${temporal(settings, 'operator search-attribute remove', wrong.map(([key]) => `--name ${key}`).join(' '))}  # then run doctor again; or use another namespace`,
    );
  const missing = attributes.filter(([key]) => !(key in customAttributes));
  if (missing.length === 0) return ok(name, attributes.map(([key]) => key).join(', '));
  const flags = missing.map(([key, type]) => `--name ${key} --type ${type}`).join(' ');
  return fail(
    name,
    `missing: ${missing.map(([key]) => key).join(', ')}; agents would never get past their first step`,
    `${temporal(settings, 'operator search-attribute create', flags)}  # a worker creates them too when it starts`,
  );
}

export async function checkWorker({ client, settings }: Connected, taskQueue: string): Promise<Finding> {
  const workers = await workersPolling(client, taskQueue);
  const name = 'worker';
  if (workers.length > 0)
    return ok(name, `${workers.length} on task queue ${taskQueue}: ${workers.join(', ')}`);
  return fail(
    name,
    `no worker polls the task queue ${taskQueue}, so no agent moves`,
    `${workerVariables(settings, taskQueue)}node dist/worker/main.js  # or make dev, which brings all that is needed`,
  );
}

/** A line for Temporal's own tool that reaches the server that was examined. */
function temporal({ address, namespace }: ConnectionSettings, command: string, flags: string): string {
  return `temporal ${command} --address ${shellWord(address)} -n ${shellWord(namespace)} ${flags}`;
}

/** What a worker has to be told to serve this task queue of this server, beyond what it takes for granted. */
function workerVariables({ address, namespace }: ConnectionSettings, taskQueue: string): string {
  const variables: [string, string, string][] = [
    ['TEMPORAL_ADDRESS', address, 'localhost:7233'],
    ['TEMPORAL_NAMESPACE', namespace, 'default'],
    ['PERDURE_TASK_QUEUE', taskQueue, 'perdure'],
  ];
  const needed = variables.filter(([, value, usual]) => value !== usual);
  return needed.map(([variable, value]) => `${variable}=${shellWord(value)} `).join('');
}

function deadline(): number {
  return Date.now() + CHECK_TIMEOUT_MS;
}
