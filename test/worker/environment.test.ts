import assert from 'node:assert/strict';
import { readEnvironment } from '../../src/worker/environment.ts';

describe('worker environment', () => {
  it('has a default for everything', () => {
    const settings = readEnvironment({});
    assert.equal(settings.PERDURE_TASK_QUEUE, 'perdure');
    assert.match(settings.PERDURE_AGENTS_DIR, /\/agents$/);
    assert.equal(settings.OPENAI_API_KEY, undefined);
  });

  it('takes an empty variable for one that is not set', () => {
    assert.equal(
      readEnvironment({ OPENAI_BASE_URL: '', OPENAI_API_KEY: '', LOG_FORMAT: '', LOG_LEVEL: '' }).LOG_LEVEL,
      'info',
    );
  });

  for (const [name, value] of [
    ['LOG_LEVEL', 'loud'],
    ['LOG_FORMAT', 'xml'],
    ['PERDURE_TOOL_SLOTS', 'many'],
    ['PERDURE_TOOL_SLOTS', '0'],
    ['OPENAI_BASE_URL', 'localhost'],
    ['PERDURE_DEPLOYMENT', 'only-half'],
    ['PERDURE_VERSIONING', 'sideways'],
  ] as const) {
    it(`names the variable when ${name} is ${value}`, () => {
      assert.throws(() => readEnvironment({ [name]: value }), new RegExp(name));
    });
  }
});
