import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { AgentLab } from '../support/agent-lab.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';
import { until } from '../support/stage.ts';

describe('an agent whose state is newer than the worker', function () {
  this.timeout(480_000);
  let server: TestServer;
  let lab: AgentLab | undefined;
  const connections: NativeConnection[] = [];
  before(async () => {
    server = await startTestServer();
    lab = await AgentLab.create(server);
  });
  after(async () => {
    await lab?.dispose();
    // An open one keeps the process of the tests alive for ever.
    for (const connection of connections) await connection.close();
    await server.stop();
  });

  const newerWorker = async (taskQueue: string): Promise<Worker> => {
    const connection = await NativeConnection.connect({ address: server.address });
    connections.push(connection);
    return Worker.create({
      taskQueue,
      connection,
      namespace: server.namespace,
      workflowsPath: join(import.meta.dirname, '../support/newer-workflow.ts'),
    });
  };

  const failures = async (client: Client): Promise<string[]> => {
    const { events } = await client.workflow.getHandle('newer').fetchHistory();
    return (events ?? []).flatMap(({ workflowTaskFailedEventAttributes: failed }) =>
      failed?.failure?.message ? [failed.failure.message] : [],
    );
  };

  it('is not ended: Temporal says why it stands still, and a newer worker goes on with it', async () => {
    assert.ok(lab);
    const { client } = lab.env;
    const options = { taskQueue: 'newer', workflowId: 'newer', args: [{ agent: 'any' }] };
    const first = await newerWorker('newer');
    await first.runUntil(async () => {
      await client.workflow.start('persistentAgent', options);
      await until('the older worker has tried', async () => (await failures(client)).length > 0);
    });
    const [reason] = await failures(client);
    assert.match(
      reason ?? '',
      /the state is of version 99, this worker reads up to \d+: run one that is as new/,
    );
    const handle = client.workflow.getHandle('newer');
    assert.equal((await handle.describe()).status.name, 'RUNNING');
    await handle.signal('message', { text: 'Still there?', by: 'ann' });
    await lab.dispose();
    lab = undefined;
    const connection = await Connection.connect({ address: server.address });
    const second = await newerWorker('lab');
    const newer = new Client({ connection, namespace: server.namespace });
    const result: unknown = await second.runUntil(newer.workflow.getHandle('newer').result());
    assert.match(String(result), /read by a newer worker: .*99/);
    await connection.close();
  });
});
