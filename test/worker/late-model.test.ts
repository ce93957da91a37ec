import assert from 'node:assert/strict';
import type { ModelPort } from '../../src/activities/ports.ts';
import type { ModelReply } from '../../src/contracts/model.ts';
import { LateModel } from '../../src/worker/late-model.ts';

const question = { model: 'm', messages: [], tools: [], maxOutputTokens: 1 };
const call = { signal: new AbortController().signal, onPartial: () => undefined };
const reply: ModelReply = {
  ...{ text: 'yes', calls: [], model: 'm', finishReason: 'stop' },
  usage: { inputTokens: 1, outputTokens: 1, usd: 0, estimated: false },
};

describe('a model that is loaded late', () => {
  it('is loaded once, by whoever needs it first', async () => {
    let loads = 0;
    const model = new LateModel(() => {
      loads += 1;
      return Promise.resolve<ModelPort>({ reply: () => Promise.resolve(reply) });
    });
    const early = model.reply(question, call);
    await model.load();
    assert.equal((await early).text, 'yes');
    assert.equal(loads, 1);
  });
});
