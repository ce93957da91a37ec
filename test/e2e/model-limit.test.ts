import assert from 'node:assert/strict';
import { tsToMs } from '@temporalio/common/lib/time.js';
import { createModelServer, type ModelRequest, type ModelServer } from '../../src/simulator/model-server.ts';
import { textOf } from '../../src/simulator/chat-request.ts';
import type { Child } from '../../temporal/child-process.ts';
import { mostWithin } from '../support/call-rate.ts';
import { calls, finish } from '../support/models.ts';
import { Stage, until } from '../support/stage.ts';

/** `AGENTS=500 LIMIT=10 TURNS=2` gave the figures of docs/operations.md; the usual run is one that takes seconds. */
const agents = Number(process.env['AGENTS'] ?? 30);
const limit = Number(process.env['LIMIT'] ?? 30);
const turns = Number(process.env['TURNS'] ?? 4);

/** A machine that stands still for half a second sends together what the server had handed out one by one. */
const ARRIVING_TOGETHER = 1.5;

function idOf(input: string): string {
  return input.replace(' ', '-');
}

interface Call {
  readonly agent: string;
  readonly at: number;
}

describe('a limit on model calls', () => {
  let model: ModelServer;
  let stage: Stage;
  const workers: Child[] = [];
  const seen: Call[] = [];

  function answer({ body }: ModelRequest) {
    const agent = body.messages.map(textOf).find((text) => text.startsWith('agent ')) ?? '';
    const before = seen.filter((call) => call.agent === agent).length;
    seen.push({ agent, at: performance.now() });
    return before + 1 < turns ? calls(['note', { text: `turn ${before}` }]) : finish(before);
  }

  before(async () => {
    model = await createModelServer(answer);
    stage = await Stage.create({
      modelUrl: model.url,
      definitions: { clerk: 'model: m\ntools: { note: auto, finish: auto }\n---\nWork.' },
      env: { PERDURE_MODEL_CALLS_PER_SECOND: `${limit}` },
    });
    // Agents that start before any worker does all come at once.
    await stage.worker.stop();
  });
  after(async () => {
    for (const worker of workers) await worker.stop();
    await stage.dispose();
    await model.close();
  });

  it('holds for all workers together, and every agent gets its turn', async function () {
    this.timeout(600_000);
    const names = Array.from({ length: agents }, (_, index) => `agent ${index}`);
    for (const input of names) await stage.gateway.start({ agent: 'clerk', input }, { id: idOf(input) });
    for (const _ of ['one', 'two']) workers.push(await stage.startWorker());
    const expected = agents * turns;
    // A hundred at a time, because nobody waits for long.
    for (let goal = 0; goal < expected;) {
      goal = Math.min(expected, goal + 100);
      await until(
        `there are ${goal} calls`,
        () => seen.length >= goal,
        () => `${seen.length}`,
      );
    }
    assert.equal(seen.length, expected);
    const moments = seen.map(({ at }) => at);
    const most = mostWithin(moments, 1_000);
    const lastFirst = seen.findLastIndex((_, index) => turnAt(index) === 1);
    if (process.env['AGENTS'] !== undefined) {
      const seconds = (Math.max(...moments) - Math.min(...moments)) / 1_000;
      console.log({ agents, limit, turns, seconds, most, lastFirst });
    }
    assert.ok(most <= limit * ARRIVING_TOGETHER, `${most} calls arrived within a second`);
    const handedOut = mostWithin(await whenHandedOut(names), 1_000);
    assert.ok(handedOut <= limit, `${handedOut} calls were handed out within a second`);
    // Nearly first come, first served: served at random, the last would have come after four times as many calls as agents.
    assert.ok(lastFirst < 2 * agents, `the last agent had its first call as number ${lastFirst + 1}`);
  });

  /** The agents do nothing but ask their models, so each attempt that was started is a call. */
  async function whenHandedOut(inputs: readonly string[]): Promise<number[]> {
    const moments: number[] = [];
    for (const input of inputs) {
      const { events } = await stage.client.workflow.getHandle(idOf(input)).fetchHistory();
      for (const { activityTaskStartedEventAttributes: begun, eventTime } of events ?? [])
        if (begun) moments.push(tsToMs(eventTime));
    }
    assert.equal(moments.length, agents * turns);
    return moments;
  }

  /** Which of its agent's calls this one was, from 1. */
  function turnAt(index: number): number {
    const { agent } = seen[index] ?? assert.fail();
    return seen.slice(0, index + 1).filter((call) => call.agent === agent).length;
  }
});
