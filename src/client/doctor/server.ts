import proto from '@temporalio/proto';
import { type SearchAttributeName, searchAttributeTypes } from '../../contracts/search-attributes.ts';
import type { Connected } from '../connection.ts';
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
export async function checkNamespace({ client, settings: { namespace } }: Connected): Promise<Finding> {
  const { config } = await client.withDeadline(deadline(), () =>
    client.workflowService.describeNamespace({ namespace }),
  );
  const hours = Math.round(Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) / hourSeconds);
  const name = 'namespace';
  if (hours === 0 || hours >= 72)
    return ok(name, `${namespace}, keeps ended agents ${Math.round(hours / 24)} d`);
  return warn(
    name,
    `${namespace} keeps ended agents for only ${hours} h`,
    `temporal operator namespace update --retention 90d -n ${namespace}`,
  );
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
      'use another namespace, or remove them there and create them again',
    );
  const missing = attributes.filter(([key]) => !(key in customAttributes));
  if (missing.length === 0) return ok(name, attributes.map(([key]) => key).join(', '));
  const flags = missing.map(([key, type]) => `--name ${key} --type ${type}`).join(' ');
  return fail(
    name,
    `missing: ${missing.map(([key]) => key).join(', ')}; agents would never get past their first step`,
    `start a worker, which creates them, or: temporal operator search-attribute create -n ${namespace} ${flags}`,
  );
}

export async function checkWorker({ client }: Connected, taskQueue: string): Promise<Finding> {
  const workers = await workersPolling(client, taskQueue);
  const name = 'worker';
  if (workers.length > 0)
    return ok(name, `${workers.length} on task queue ${taskQueue}: ${workers.join(', ')}`);
  return fail(
    name,
    `no worker polls the task queue ${taskQueue}, so no agent moves`,
    'make dev, or node dist/worker/main.js with the same TEMPORAL_ADDRESS, namespace and PERDURE_TASK_QUEUE',
  );
}

function deadline(): number {
  return Date.now() + CHECK_TIMEOUT_MS;
}
