import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Child, startChild } from '../../temporal/child-process.ts';
import { until } from '../support/stage.ts';
import { serverEnvironment, startTestServer, type TestServer } from '../support/test-server.ts';

const entry = join(import.meta.dirname, '../../dist/worker/main.js');

describe('the worker as a process', () => {
  let server: TestServer;
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'perdure-worker-'));
    server = await startTestServer();
  });
  after(async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  });

  const start = (logFile: string, data = join(folder, 'data')): Promise<Child> =>
    startChild({
      ...{ name: 'worker', command: process.execPath, args: [entry], logFile, isEntryPoint: true },
      env: {
        PATH: process.env['PATH'],
        ...serverEnvironment(server),
        PERDURE_AGENTS_DIR: folder,
        PERDURE_WORKSPACE: join(folder, 'workspace'),
        PERDURE_DATA_DIR: data,
        LOG_FORMAT: 'json',
      },
    });

  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    it(`finishes and stops on ${signal}`, async () => {
      const file = join(folder, `${signal}.log`);
      const worker = await start(file);
      const log = (): Promise<string> => readFile(file, 'utf8');
      await until(
        'the worker is ready',
        async () => (await log()).includes('worker ready'),
        worker.lastLines,
      );
      worker.kill(signal);
      assert.deepEqual(await worker.exited, { code: 0, signal: null });
      assert.match(await log(), new RegExp(`${signal}: finishing what runs[^]*worker stopped`));
    });

  it('stops as well while it starts, however far it has come', async () => {
    for (const delayMs of [0, 50, 100, 200, 400, 800]) {
      const data = join(folder, `data-${delayMs}`);
      const worker = await start(join(folder, 'early.log'), data);
      await until('the worker has begun to start', () => existsSync(data), worker.lastLines);
      await pause(delayMs);
      worker.kill('SIGTERM');
      const exit = await worker.exited;
      assert.deepEqual(exit, { code: 0, signal: null }, `${delayMs} ms: ${worker.lastLines()}`);
    }
  });
});
