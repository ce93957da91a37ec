import { strict as assert } from 'node:assert';
import { modelSchema } from '../../../src/activities/mcp/model-schema.ts';
import { argumentProblem } from '../../../src/core/arguments.ts';
import type { JsonObject } from '../../../src/contracts/json.ts';

const base = { name: 't', description: '', effect: 'pure' as const, timeoutMs: 1, hasAssess: false };

/** What core says of arguments when it has the schema from a server. */
function problem(schema: JsonObject, args: JsonObject): string | undefined {
  return argumentProblem('t', args, [{ ...base, inputSchema: modelSchema(schema) }]);
}

describe('the schema of a server', () => {
  it('is kept as it is where it can be used', () => {
    const schema = {
      type: 'object',
      properties: {
        pattern: { type: 'string' },
        count: { type: 'integer', minimum: 1 },
        of: { $ref: '#/$defs/of' },
      },
      required: ['count'],
      $defs: { of: { enum: ['a', 'b'] } },
    };
    assert.deepEqual(modelSchema(schema), schema);
    assert.equal(problem(schema, { count: 1, of: 'a' }), undefined);
    assert.match(problem(schema, { count: 0 }) ?? '', /count/);
    assert.match(problem(schema, { count: 1, of: 'c' }) ?? '', /of/);
  });

  it('loses its regular expressions, which could hold up an agent for ever', () => {
    const schema = {
      type: 'object',
      properties: {
        text: { type: 'string', pattern: '^(a+)+$' },
        more: { patternProperties: { '^(a+)+$': {} } },
      },
    };
    assert.doesNotMatch(JSON.stringify(modelSchema(schema)), /a\+/);
    assert.equal(problem(schema, { text: `${'a'.repeat(60)}!` }), undefined);
  });

  const doubling = Object.fromEntries(
    Array.from({ length: 60 }, (_, index) => [
      `d${index}`,
      { anyOf: [{ $ref: `#/$defs/d${index + 1}` }, { $ref: `#/$defs/d${index + 1}` }] },
    ]),
  );
  const unusable: Record<string, JsonObject> = {
    'is too long': { description: 'x'.repeat(30_000) },
    'grows without end': { $defs: { ...doubling, d60: { type: 'number' } }, allOf: [{ $ref: '#/$defs/d0' }] },
    'leads to itself': {
      $defs: { d: { properties: { d: { $ref: '#/$defs/d' } } } },
      allOf: [{ $ref: '#/$defs/d' }],
    },
    'says what can not be checked': { if: { required: ['a'] }, then: { required: ['b'] } },
    'refers to elsewhere': { allOf: [{ $ref: 'https://example.com/schema' }] },
  };
  for (const [how, more] of Object.entries(unusable)) {
    it(`becomes a list of arguments if it ${how}`, () => {
      const schema = { type: 'object', properties: { a: { type: 'string' } }, required: ['a', 7], ...more };
      assert.deepEqual(modelSchema(schema), { type: 'object', properties: { a: {} }, required: ['a'] });
      assert.match(problem(schema, {}) ?? '', /a/);
      assert.equal(problem(schema, { a: 1 }), undefined);
    });
  }
});
