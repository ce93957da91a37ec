import assert from 'node:assert/strict';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { FAILURES_TO_OPEN, OPEN_FIRST_MS } from '../../src/activities/circuit-breaker.ts';
import { guardModel } from '../../src/activities/guarded-model.ts';
import type { ModelPort } from '../../src/activities/ports.ts';
import type { ModelReply } from '../../src/contracts/model.ts';

const reply: ModelReply = {
  ...{ model: 'm', text: 'yes', calls: [], finishReason: 'stop' },
  usage: { inputTokens: 1, outputTokens: 1, usd: 0, estimated: false },
};

describe('a guarded model', () => {
  let now: number;
  let asked: string[];
  let lines: string[];
  /** What the server does; undefined is an answer. */
  let failure: Error | undefined;
  let model: ModelPort;
  beforeEach(() => {
    [now, asked, lines, failure] = [0, [], [], undefined];
    const server: ModelPort = {
      reply: ({ model: name }) => {
        asked.push(name);
        return failure ? Promise.reject(failure) : Promise.resolve(reply);
      },
    };
    model = guardModel(server, { now: () => now, report: (line) => lines.push(line) });
  });

  function ask(name = 'm', more: { insist?: boolean; signal?: AbortSignal } = {}): Promise<ModelReply> {
    const question = { model: name, messages: [], tools: [], maxOutputTokens: 10 };
    const { signal } = new AbortController();
    return model.reply(question, { signal, onPartial: () => undefined, ...more });
  }
  async function failTimes(times: number, type: string, name = 'm'): Promise<void> {
    failure = ApplicationFailure.create({ type, message: `${type} of the server` });
    for (let time = 0; time < times; time += 1) await assert.rejects(ask(name), { type });
    failure = undefined;
  }

  for (const type of ['ModelUnavailable', 'ModelTimeout']) {
    it(`is left alone after ${FAILURES_TO_OPEN} times ${type}: calls fail at once and are not retried`, async () => {
      await failTimes(FAILURES_TO_OPEN, type);
      asked = [];
      await assert.rejects(ask(), (error: unknown) => {
        assert.ok(error instanceof ApplicationFailure);
        assert.equal(error.type, 'ModelUnavailable');
        assert.equal(error.nonRetryable, true);
        assert.deepEqual(error.details, [{ retryAfterMs: OPEN_FIRST_MS }]);
        assert.match(error.message, new RegExp(`^m was not asked.*${type} of the server`));
        return true;
      });
      assert.deepEqual(asked, []);
      now += OPEN_FIRST_MS;
      assert.equal(await ask(), reply);
      await ask();
      assert.equal(lines.length, 2);
      assert.match(lines[1] ?? '', /m answers again/);
    });
  }

  for (const type of [
    'ModelRateLimited',
    'ModelAuthentication',
    'ModelNotFound',
    'ModelRejected',
    'ModelProtocol',
    'ContextTooLong',
  ]) {
    it(`is asked on after any number of ${type}: who refuses is not ill`, async () => {
      await failTimes(3 * FAILURES_TO_OPEN, type);
      assert.equal(await ask(), reply);
    });
  }

  it('has one breaker for each model', async () => {
    await failTimes(FAILURES_TO_OPEN, 'ModelUnavailable', 'ill');
    assert.equal(await ask('well'), reply);
    await assert.rejects(ask('ill'), { type: 'ModelUnavailable' });
  });

  it('counts the failures of calls that run side by side', async () => {
    failure = ApplicationFailure.create({ type: 'ModelUnavailable', message: 'down' });
    await Promise.allSettled(Array.from({ length: FAILURES_TO_OPEN }, () => ask()));
    assert.equal(asked.length, FAILURES_TO_OPEN);
    await assert.rejects(ask(), { type: 'ModelUnavailable', nonRetryable: true });
    assert.equal(asked.length, FAILURES_TO_OPEN);
    assert.equal(lines.length, 1);
  });

  it('is asked when a person insists', async () => {
    await failTimes(FAILURES_TO_OPEN, 'ModelUnavailable');
    assert.equal(await ask('m', { insist: true }), reply);
    assert.equal(await ask(), reply);
  });

  it('learns nothing from calls that were called off', async () => {
    const controller = new AbortController();
    controller.abort();
    failure = new CancelledFailure('called off');
    for (let time = 0; time < 3 * FAILURES_TO_OPEN; time += 1)
      await assert.rejects(ask('m', { signal: controller.signal }), CancelledFailure);
    failure = undefined;
    assert.equal(await ask(), reply);
  });
});
