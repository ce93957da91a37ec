import assert from 'node:assert/strict';
import { priceOf } from '../../src/activities/model-prices.ts';

const million = { inputTokens: 1_000_000, cachedInputTokens: 0, outputTokens: 0 };

describe('priceOf', () => {
  const listed: [string, number][] = [
    ['gpt-5', 1.25],
    ['gpt-5-mini', 0.25],
    ['gpt-5-mini-2025-08-07', 0.25],
    ['gpt-4o-2024-08-06', 2.5],
    ['gpt-4o-2024-05-13', 5],
    ['o3', 2],
  ];
  for (const [model, usd] of listed) {
    it(`knows ${model}`, () => {
      assert.deepEqual(priceOf(model, million), { usd, known: true });
    });
  }

  for (const model of [
    'gpt-5-pro',
    'o3-deep-research',
    'gpt-4o-audio-preview',
    'gpt-50',
    'my-own-model',
    '',
    '__proto__',
  ]) {
    it(`does not take ${JSON.stringify(model)} for a model that it knows`, () => {
      assert.deepEqual(priceOf(model, million), { usd: 0, known: false });
    });
  }

  it('charges cached input and output by their own prices', () => {
    const { usd } = priceOf('gpt-4.1', { inputTokens: 1000, cachedInputTokens: 600, outputTokens: 100 });
    assert.ok(Math.abs(usd - (400 * 2 + 600 * 0.5 + 100 * 8) / 1e6) < 1e-12);
  });

  it('never charges less than nothing when a server counts more cached tokens than tokens', () => {
    const { usd } = priceOf('gpt-4.1', { inputTokens: 10, cachedInputTokens: 600, outputTokens: 0 });
    assert.ok(Math.abs(usd - (10 * 0.5) / 1e6) < 1e-12);
  });
});
