import type { ArchiveStore } from '../../storage/archive.ts';
import type { Connected, ConnectionSettings } from '../connection.ts';
import { toGatewayError } from '../failures.ts';
import { checkArchive } from './archive.ts';
import { payloadKeysOf } from '../../payloads/converter.ts';
import { fail, type Finding, ok, warn } from './finding.ts';
import { checkModel } from './model.ts';
import { checkPayloads } from './payloads.ts';
import { checkNamespace, checkSearchAttributes, checkServer, checkWorker } from './server.ts';

export interface Patient {
  readonly settings: () => Promise<ConnectionSettings>;
  readonly connected: () => Promise<Connected>;
  readonly archive: () => Promise<ArchiveStore>;
  readonly taskQueue: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly nodeVersion: string;
}

const oldestNodeMajor = 24;
const loopback = /^(localhost|127(?:\.\d+){3}|\[::1\]|::1)(:\d+)?$/;

/** Every check, in the order in which one depends on another. No check throws; what it can't find out is a finding. */
export async function runChecks(patient: Patient): Promise<Finding[]> {
  const findings = [checkRuntime(patient.nodeVersion)];
  try {
    findings.push(checkTransport(await patient.settings()));
    findings.push(...(await checkTemporal(await patient.connected(), patient)));
  } catch (error) {
    findings.push(failed('server', error));
  }
  findings.push(await checkModel(patient.environment));
  return findings;
}

async function checkTemporal(
  connected: Connected,
  { taskQueue, archive, environment }: Patient,
): Promise<Finding[]> {
  const server = await found('server', () => checkServer(connected));
  const payloads = await found('payloads', () => checkPayloads(connected, payloadKeysOf(environment)));
  if (server.level === 'fail') return [server, payloads];
  const namespace = await found('namespace', () => checkNamespace(connected));
  // What is in a namespace that is not there would only be the same complaint again.
  if (namespace.level === 'fail') return [server, namespace, payloads];
  const inside = await Promise.all([
    found('search attributes', () => checkSearchAttributes(connected)),
    found('worker', () => checkWorker(connected, taskQueue)),
    found('archive', async () => {
      const isOff = environment['PERDURE_ARCHIVE'] === 'off';
      return checkArchive(connected, { taskQueue, store: await archive(), isOff });
    }),
  ]);
  return [server, namespace, ...inside, payloads];
}

async function found(name: string, check: () => Promise<Finding>): Promise<Finding> {
  try {
    return await check();
  } catch (error) {
    return failed(name, error);
  }
}

function checkRuntime(version: string): Finding {
  const name = 'runtime';
  if (Number.parseInt(version, 10) >= oldestNodeMajor) return ok(name, `Node ${version}`);
  return fail(
    name,
    `Node ${version}, ${oldestNodeMajor} is needed`,
    'npm ci  # brings the pinned Node; or install Node 24 or newer',
  );
}

/** Prompts, documents and decisions travel on this connection. */
export function checkTransport({ address, tls }: ConnectionSettings): Finding {
  const name = 'transport';
  if (tls) return ok(name, `TLS to ${address}`);
  if (loopback.test(address)) return ok(name, `plaintext to ${address}, which does not leave this machine`);
  return warn(
    name,
    `plaintext to ${address}: anyone on the way can read and change what agents do`,
    'export TEMPORAL_TLS=true  # and TEMPORAL_TLS_SERVER_CA_CERT_PATH for an authority of your own, or TEMPORAL_API_KEY',
  );
}

function failed(name: string, error: unknown): Finding {
  const known = toGatewayError(error);
  if (known?.type === 'Unreachable' && name === 'server')
    return fail(
      name,
      known.message,
      'make dev  # or export TEMPORAL_ADDRESS=<host:port> of a server that runs',
      known.type,
    );
  if (known) return fail(name, known.message, known.help, known.type);
  return fail(name, error instanceof Error ? error.message : String(error), 'perdure doctor --verbose');
}
