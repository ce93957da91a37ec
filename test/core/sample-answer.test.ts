import assert from 'node:assert/strict';
import fc from 'fast-check';
import { AnswerForm } from '../../src/contracts/form.ts';
import { JsonObject } from '../../src/contracts/json.ts';
import { sampleAnswer } from '../../src/core/sample-answer.ts';
import { call, startedAgent } from '../support/agent-builder.ts';

describe('the line that answers a question with a form', () => {
  it('has an answer that the agent takes', () => {
    const bounds = fc.tuple(fc.integer({ min: -50, max: 50 }), fc.nat(5));
    const field = fc.oneof(
      fc.record({ type: fc.constantFrom('string', 'boolean', 'number', 'integer') }),
      fc.record({ type: fc.constant('string'), enum: fc.array(fc.string(), { minLength: 1, maxLength: 3 }) }),
      fc
        .tuple(fc.constantFrom('number', 'integer'), bounds)
        .map(([type, [minimum, more]]) => ({ type, minimum, maximum: minimum + more })),
    );
    const names = fc.constantFrom('amount', 'note', 'constructor', 'toString', '_x');
    const forms = fc.dictionary(names, field, { minKeys: 1 }).chain((properties) =>
      fc.record({
        type: fc.constant('object'),
        properties: fc.constant(properties),
        required: fc.subarray(Object.keys(properties)),
      }),
    );
    fc.assert(
      fc.property(forms, (asked) => {
        const form = AnswerForm.parse(asked);
        const agent = startedAgent().asks(call('ask_human', { question: 'Q', form: JsonObject.parse(form) }));
        assert.equal(agent.decide('respond', { args: sampleAnswer(form) }), undefined);
      }),
      { numRuns: 100 },
    );
  });
});
