import assert from 'node:assert/strict';
import fc from 'fast-check';
import { draftOf, fieldsOf, readDraft } from '../../../src/client/web/approval/fields.ts';
import type { JsonObject } from '../../../src/contracts/json.ts';

const schema: JsonObject = {
  type: 'object',
  properties: {
    path: { type: 'string', description: 'where' },
    count: { type: 'integer' },
    price: { type: 'number' },
    mode: { type: 'string', enum: ['fast', 'slow'] },
    dry: { type: 'boolean' },
    tags: { type: 'array', items: { type: 'string' } },
  },
  required: ['path'],
};

describe('the form for arguments', () => {
  it('has a field of its own kind for each property, and for what the schema does not know', () => {
    const fields = fieldsOf(schema, { path: 'a', extra: { deep: 1 } });
    assert.deepEqual(
      fields.map(({ name, kind, isRequired }) => [name, kind, isRequired]),
      [
        ['path', 'text', true],
        ['count', 'number', false],
        ['price', 'number', false],
        ['mode', 'choice', false],
        ['dry', 'boolean', false],
        ['tags', 'json', false],
        ['extra', 'json', false],
      ],
    );
    assert.equal(fields[0]?.description, 'where');
  });

  it('that nobody touches gives exactly the arguments that were proposed, whatever they are and whatever the schema says', () => {
    const args = fc.dictionary(
      fc.oneof(fc.constantFrom('path', 'count', 'price', 'mode', 'dry', 'tags'), fc.string()),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(args, fc.constantFrom(schema, undefined), (any, known) => {
        // As it came over the wire: JSON has no -0.
        const proposed = JSON.parse(JSON.stringify(any)) as JsonObject;
        const fields = fieldsOf(known, proposed).map((field) => ({ ...field, isRequired: false }));
        const read = readDraft(fields, draftOf(fields, proposed));
        assert.deepEqual(read, { ok: true, args: proposed });
      }),
    );
  });

  it('says what is wrong with a text, and what is missing', () => {
    const fields = fieldsOf(schema, {});
    const read = readDraft(fields, { count: '1.5', price: 'cheap', tags: '[1,' });
    assert.deepEqual(read, {
      ok: false,
      problems: { path: 'needed', count: 'a whole number', price: 'a number', tags: 'this is not JSON' },
    });
  });
});
