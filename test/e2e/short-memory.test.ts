import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createModelServer, type ModelRequest, type ModelServer } from '../../src/simulator/model-server.ts';
import { calls } from '../support/models.ts';
import { put, Stage } from '../support/stage.ts';

/** Together they would need more than the heap. */
const agents = 32;
/** Far more than fit, if nobody keeps them from being in memory all at once. */
const tooMany = 160;
/** Agents that work at the same time; the others wait, and some of them are in memory. */
const together = 8;
const heapMb = 64;
/** What is to be filled is small, because a turn takes the longer, the less there is left. */
const smallHeapMb = 52;
/** As long as a result may be that a model reads. */
const documentChars = 60_000;
const documents = 4;
/** Hundreds of turns, the last of them in a process that mostly collects garbage. */
const fillingMs = 540_000;

describe('a worker that is short of memory', () => {
  let model: ModelServer;
  let stage: Stage;

  /** Has the document read until the context is full; after that it has nothing to do. */
  function answer({ body }: ModelRequest) {
    const read = body.messages.filter(({ role }) => role === 'tool').length;
    return read < documents ? calls(['read_file', { path: 'long.txt' }]) : { text: 'I have read it.' };
  }

  beforeEach(async () => {
    model = await createModelServer(answer);
  });
  afterEach(async () => {
    await stage.dispose();
    await model.close();
  });

  async function createStage(heap: number, env: Readonly<Record<string, string>> = {}): Promise<void> {
    stage = await Stage.create({
      modelUrl: model.url,
      definitions: { reader: 'model: m\nlifetime: persistent\ntools: { read_file: auto }\n---\nRead.' },
      env: { NODE_OPTIONS: `--max-old-space-size=${heap}`, ...env },
    });
    await put(stage.workspace, 'long.txt', 'x'.repeat(documentChars));
  }

  /** Resolves when all agents have filled their contexts and wait for a message. */
  async function fillContexts(): Promise<void> {
    const { pid } = stage.worker;
    for (let first = 0; first < agents; first += together) {
      const ids = Array.from({ length: together }, (_, index) => `reader-${first + index}`);
      await Promise.all(ids.map((id) => stage.gateway.start({ agent: 'reader', input: id }, { id })));
      for (const id of ids) {
        const isDone = (kinds: readonly string[]): boolean => kinds.includes('input');
        await stage.untilStatus(id, ({ interruptions }) => isDone(interruptions.map(({ kind }) => kind)));
      }
    }
    assert.equal(stage.worker.exit(), undefined, stage.worker.lastLines());
    assert.equal(stage.worker.pid, pid);
  }

  function log(): string {
    return readFileSync(join(stage.folder, 'worker.log'), 'utf8');
  }

  it('keeps no more agents in memory than fit', async () => {
    await createStage(heapMb);
    await fillContexts();
    assert.doesNotMatch(log(), /out of memory/i);
  });

  it('ends, if it was told to keep more, with a line that says what to do', async () => {
    await createStage(smallHeapMb, { PERDURE_CACHED_AGENTS: '200' });
    const ids = Array.from({ length: tooMany }, (_, index) => `reader-${index}`);
    await Promise.all(ids.map((id) => stage.gateway.start({ agent: 'reader', input: id }, { id })));
    const exit = await stage.worker.exited;
    assert.equal(exit.code, 1);
    assert.match(log(), /^worker: out of memory.*PERDURE_CACHED_AGENTS/m);
  }).timeout(fillingMs);
});
