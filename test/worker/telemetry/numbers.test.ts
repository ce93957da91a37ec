import assert from 'node:assert/strict';
import { Numbers } from '../../../src/worker/telemetry/numbers.ts';

describe('the numbers of a worker', () => {
  it('add up, with money in fractions', async () => {
    const numbers = new Numbers();
    for (const usd of [0.25, 0.5]) numbers.modelCall('m', 2, { inputTokens: 10, outputTokens: 1, usd });
    numbers.modelCall('m', 1, { failure: 'ModelTimeout' });
    const text = await numbers.text();
    for (const line of [
      'perdure_model_cost_usd_total{model="m"} 0.75',
      'perdure_model_tokens_total{model="m",kind="input"} 20',
      'perdure_model_calls_total{model="m",outcome="answered"} 2',
      'perdure_model_calls_total{model="m",outcome="failed"} 1',
      'perdure_failures_total{source="model",type="ModelTimeout"} 1',
      'perdure_model_call_duration_seconds_sum{model="m"} 5',
    ])
      assert.ok(text.includes(`${line}\n`), line);
  });

  it('do not grow with the names that somebody makes up', async () => {
    const numbers = new Numbers();
    for (let number = 0; number < 1_000; number += 1) {
      numbers.toolCall(`tool-${number}`, 'pure', 0.1, `complaint-${number}`);
      numbers.agent({ type: 'turn-ended', definition: `agent-${number}` });
    }
    const text = await numbers.text();
    assert.ok(text.includes('perdure_turns_total{definition="other"} 800\n'));
    assert.ok(text.includes('perdure_failures_total{source="tool",type="other"} 1000\n'));
    assert.ok(text.includes('perdure_turns_total{definition="agent-7"} 1\n'));
  });
});
