import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AttemptRecord } from '../../src/worker/attempt-record.ts';
import { DeadlySteps } from '../../src/worker/deadly-steps.ts';
import { type AttemptService, takeOver } from '../../src/worker/take-over.ts';

const server = 'localhost:7233/default';

/** A server that remembers what it was told. */
class Server implements AttemptService {
  readonly told: string[] = [];
  failure: Error | undefined;
  resetStickyTaskQueue: AttemptService['resetStickyTaskQueue'] = ({ execution }) => {
    this.told.push(`reset ${execution.workflowId}`);
    return Promise.resolve();
  };
  respondActivityTaskFailed: AttemptService['respondActivityTaskFailed'] = ({ taskToken, failure }) => {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    const { type } = failure.applicationFailureInfo;
    this.told.push(`failed ${Buffer.from(taskToken).toString()} ${type}`);
    return Promise.resolve();
  };
}

describe('taking over from workers that died', () => {
  let folder: string;
  let said: string[];
  let children: ChildProcess[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'perdure-records-'));
    said = [];
    children = [];
  });
  afterEach(() => {
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });

  const log = { info: (text: string) => said.push(text), warn: (text: string) => said.push(text) };
  const successor = async (service: Server, deadly = new DeadlySteps()): Promise<string[]> => {
    await takeOver(service, { folder, server, namespace: 'default' }, deadly, log);
    return service.told;
  };

  async function worker(name: string, itsServer = server, deaths = 0): Promise<ChildProcess> {
    const child = fork(new URL('./record-process.ts', import.meta.url), [
      join(folder, `${name}.sqlite`),
      itsServer,
      String(deaths),
    ]);
    children.push(child);
    await once(child, 'message');
    return child;
  }

  async function kill(child: ChildProcess): Promise<void> {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  it('gives up what the dead one was running, and nothing that it had ended', async () => {
    await kill(await worker('dead'));
    assert.deepEqual(await successor(new Server()), ['reset a2', 'failed running WorkerLost']);
    assert.deepEqual(readdirSync(folder), []);
    assert.deepEqual(await successor(new Server()), []);
  });

  it('counts the workers that died in a local step, which the server does not', async () => {
    for (const deaths of [1, 2, 3]) {
      const deadly = new DeadlySteps();
      const before = deaths - 1;
      await kill(await worker(`dead-${deaths}`, server, before));
      await successor(new Server(), deadly);
      assert.deepEqual([deadly.deaths('batch'), deadly.deaths('over')], [deaths, 0]);
      assert.equal(deadly.isRefused('batch'), deaths === 3);
      deadly.survived('batch');
      assert.equal(deadly.deaths('batch'), 0);
    }
  });

  it('leaves a living worker alone, also one that is suspended', async () => {
    const child = await worker('alive');
    assert.deepEqual(await successor(new Server()), []);
    child.kill('SIGSTOP');
    assert.deepEqual(await successor(new Server()), []);
    child.kill('SIGCONT');
    await kill(child);
    assert.deepEqual(await successor(new Server()), ['reset a2', 'failed running WorkerLost']);
  });

  it('does the work once when several start at the same moment', async () => {
    await kill(await worker('dead'));
    const [first, second] = await Promise.all([successor(new Server()), successor(new Server())]);
    assert.deepEqual([...first, ...second], ['reset a2', 'failed running WorkerLost']);
  });

  it('leaves the record of a worker of another server for its own successor', async () => {
    await kill(await worker('elsewhere', 'elsewhere:7233/default'));
    assert.deepEqual(await successor(new Server()), []);
    assert.equal(new AttemptRecord(join(folder, 'elsewhere.sqlite')).attempts().length, 1);
  });

  it('leaves an attempt that the server could not be told of to the next start', async () => {
    await kill(await worker('dead'));
    const service = new Server();
    service.failure = new Error('unreachable');
    await successor(service);
    assert.match(said.join(), /left to their timeouts: unreachable/u);
    service.failure = Object.assign(new Error('over'), { code: 5 });
    // It was over: the server does not know the attempt any more.
    await successor(service);
    assert.ok(!existsSync(join(folder, 'dead.sqlite')));
  });

  it('leaves what is no record of ours as it is', async () => {
    writeFileSync(
      join(folder, 'other.sqlite'),
      'something else, long enough not to be taken for an empty file',
    );
    assert.deepEqual(await successor(new Server()), []);
    assert.deepEqual(readdirSync(folder), ['other.sqlite']);
  });
});
