import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { type DevServer, startDevServer } from '../../temporal/dev-server.ts';
import { devNamespace } from '../../temporal/settings.ts';

export interface TestServerOptions {
  /** Takes the files of a server that is started here; one that goes with the server if not given. */
  readonly folder?: string;
  /** Settings of the server beside the usual ones. */
  readonly dynamicConfig?: Readonly<Record<string, number>>;
}

/** A Temporal server as far as a test that runs on any of them may know it: an empty namespace at an address. */
export interface TestServer {
  readonly address: string;
  readonly namespace: string;
  /** SIGKILL, and the same again on the same data and the same port. */
  readonly restart: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Where `make test-cluster` takes orders; see `test/cluster/control.ts`. */
const clusterVariable = 'PERDURE_TEST_CLUSTER';

/** A dev server of the test's own, or a namespace of its own on the cluster that `make test-cluster` has started. */
export function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const cluster = process.env[clusterVariable];
  return cluster === undefined ? startOwn(options) : onCluster(cluster, options);
}

/** What makes programs of ours and Temporal's own command line use this server. */
export function serverEnvironment({ address, namespace }: Pick<TestServer, 'address' | 'namespace'>) {
  return { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace };
}

async function startOwn({ folder: given, dynamicConfig = {} }: TestServerOptions): Promise<TestServer> {
  const folder = given ?? (await mkdtemp(join(tmpdir(), 'perdure-server-')));
  const files = { dbFilename: join(folder, 'temporal.db'), logFile: join(folder, 'temporal.log') };
  let server: DevServer = await startDevServer({ ...files, dynamicConfig });
  const { address } = server;
  return {
    address,
    namespace: devNamespace,
    restart: async () => {
      server.kill('SIGKILL');
      await server.child.exited;
      server = await startDevServer({ ...files, dynamicConfig, port: Number(address.split(':')[1]) });
    },
    stop: async () => {
      await server.stop();
      if (given === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

const Place = z.object({ address: z.string(), namespace: z.string() });

async function onCluster(cluster: string, { dynamicConfig = {} }: TestServerOptions): Promise<TestServer> {
  const place = Place.parse(await order(cluster, '/namespace', dynamicConfig));
  return {
    ...place,
    restart: async () => {
      await order(cluster, '/restart/server');
    },
    // The namespace stays: it goes with the cluster.
    stop: () => Promise.resolve(),
  };
}

/** Sends an order to the cluster's owner; resolves when it has been carried out. */
async function order(cluster: string, path: string, body: unknown = {}): Promise<unknown> {
  const response = await fetch(cluster + path, { method: 'POST', body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${path} of the test cluster failed: ${await response.text()}`);
  return response.json();
}

/** Kills the cluster's database and starts it again on the same data. Only for tests that run on a cluster alone. */
export async function restartDatabase(): Promise<void> {
  const cluster = process.env[clusterVariable];
  if (cluster === undefined) throw new Error('this test runs under "make test-cluster" only');
  await order(cluster, '/restart/database');
}
