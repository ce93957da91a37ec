import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { searchAttributeTypes } from '../../src/contracts/search-attributes.ts';
import { startDevServer } from '../../temporal/dev-server.ts';
import { retentionDays } from '../../temporal/settings.ts';
import { type TestDevServer, startTestDevServer } from '../support/dev-server.ts';

const secondsPerDay = 86_400;

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function untilGone(pid: number): Promise<boolean> {
  for (let attempt = 0; attempt < 600 && isAlive(pid); attempt += 1) await sleep(100);
  return !isAlive(pid);
}

describe('the dev server', () => {
  let own: TestDevServer;
  before(async () => {
    own = await startTestDevServer();
  });
  after(() => own.dispose());

  it('knows the search attributes and keeps closed agents for 90 days', async () => {
    const connection = await Connection.connect({ address: own.server.address });
    try {
      const found = await connection.operatorService.listSearchAttributes({ namespace: 'default' });
      for (const name of Object.keys(searchAttributeTypes)) assert.ok(name in found.customAttributes, name);
      const described = await connection.workflowService.describeNamespace({ namespace: 'default' });
      const retention = described.config?.workflowExecutionRetentionTtl?.seconds;
      assert.equal(Number(retention), retentionDays * secondsPerDay);
    } finally {
      await connection.close();
    }
  });

  it('says so when its port is taken', async () => {
    const port = Number(own.server.address.split(':')[1]);
    await assert.rejects(startDevServer({ port, logFile: own.logFile }), /Port \d+ is in use/);
  });

  it('gives the server’s own reason when the database is damaged', async () => {
    const damaged = { dbFilename: import.meta.filename, logFile: own.logFile };
    await assert.rejects(startDevServer(damaged), /file is not a database/);
  });

  it('can be killed and started again on the same database', async () => {
    own.server.kill('SIGKILL');
    await own.server.child.exited;
    const again = await startDevServer({ dbFilename: own.dbFilename, logFile: own.logFile });
    await again.stop();
    assert.equal(again.child.exit()?.signal ?? 'by itself', 'by itself');
  });

  it('ends when the process that started it is killed', async () => {
    const program = `
      import { startDevServer } from ${JSON.stringify(import.meta.resolve('../../temporal/dev-server.ts'))};
      const server = await startDevServer({ logFile: ${JSON.stringify(own.logFile)} });
      console.log(String(server.pid));
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [output] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(output.toString());
    assert.ok(isAlive(pid));
    parent.kill('SIGKILL');
    assert.ok(await untilGone(pid), 'the server outlived its parent');
  });
});
