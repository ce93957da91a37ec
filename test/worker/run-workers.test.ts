import assert from 'node:assert/strict';
import { Worker as Thread } from 'node:worker_threads';
import { endOfAll, type Runnable, running, watchThreads } from '../../src/worker/run-workers.ts';

class FakeWorker implements Runnable {
  state: ReturnType<Runnable['getState']> = 'INITIALIZED';
  #end: { resolve: () => void; reject: (error: Error) => void } | undefined;
  run(): Promise<void> {
    this.state = 'RUNNING';
    return new Promise((resolve, reject) => {
      this.#end = { resolve, reject };
    });
  }
  shutdown(): void {
    assert.equal(this.state, 'RUNNING', 'only one that runs can be told to stop');
    this.state = 'STOPPED';
    this.#end?.resolve();
  }
  getState() {
    return this.state;
  }
  fail(error: Error): void {
    this.state = 'FAILED';
    this.#end?.reject(error);
  }
}

const pauses = { lookMs: 1, patienceMs: 5 };

function lostHeap(): Error {
  return Object.assign(new Error('heap'), { code: 'ERR_WORKER_OUT_OF_MEMORY' });
}

function outOfMemory(): Error {
  return new Error('Workflow Worker Thread exited prematurely', { cause: lostHeap() });
}

describe('the workers of a process', () => {
  it('end together: one that fails takes the others along', async () => {
    const [one, other] = [new FakeWorker(), new FakeWorker()];
    const end = endOfAll([running(one), running(other)]);
    one.fail(new Error('unauthorized'));
    await assert.rejects(end, /unauthorized/);
    assert.equal(other.state, 'STOPPED');
  });

  it('that were short of memory say what to do', async () => {
    const [agents, tools] = [new FakeWorker(), new FakeWorker()];
    const end = endOfAll([running(tools), running(agents)]);
    agents.fail(outOfMemory());
    await assert.rejects(end, {
      name: 'ConfigurationError',
      message: /out of memory.*PERDURE_CACHED_AGENTS/,
    });
  });

  it('end the process when one gives up and does not come to an end', async () => {
    const [one, other] = [new FakeWorker(), new FakeWorker()];
    const end = endOfAll([running(one, { pauses }), running(other)]);
    one.state = 'STOPPING';
    await assert.rejects(end, /gave up/);
    assert.equal(other.state, 'STOPPED');
  });

  it('say what to do also when the SDK does not come to an end over the memory', async () => {
    const worker = new FakeWorker();
    const end = endOfAll([running(worker, { pauses, lostThread: lostHeap })]);
    worker.state = 'STOPPING';
    await assert.rejects(end, { name: 'ConfigurationError', message: /out of memory/ });
  });

  it('know why a thread of the process was lost', async () => {
    const lostThread = watchThreads();
    assert.equal(lostThread(), undefined);
    const thread = new Thread('throw new Error("lost")', { eval: true });
    await new Promise((resolve) => thread.once('exit', resolve));
    assert.match(String(lostThread()), /lost/);
  });

  it('end when all are told to', async () => {
    const workers = [running(new FakeWorker()), running(new FakeWorker())];
    for (const worker of workers) worker.shutdown();
    await endOfAll(workers);
    for (const worker of workers) worker.shutdown();
  });
});
