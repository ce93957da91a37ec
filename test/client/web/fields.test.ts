import assert from 'node:assert/strict';
import fc from 'fast-check';
import { draftOf, fieldsOf, fieldWords, readDraft } from '../../../src/client/web/approval/fields.ts';
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

  it('says between which bounds a number may be, but holds what was proposed beyond them', () => {
    const boxes = { type: 'integer', minimum: 5, maximum: 10, title: 'How many boxes' };
    const bounded: JsonObject = {
      type: 'object',
      properties: { boxes, least: { type: 'number', minimum: 0 } },
    };
    const fields = fieldsOf(bounded, {});
    assert.equal(fields[0]?.title, 'How many boxes');
    assert.deepEqual(fields.map(fieldWords), [
      'a whole number from 5 to 10, optional',
      'a number from 0, optional',
    ]);
    assert.deepEqual(readDraft(fields, { boxes: '11', least: '-1' }), {
      ok: false,
      problems: { boxes: 'a whole number from 5 to 10', least: 'a number from 0' },
    });
    assert.deepEqual(readDraft(fields, { boxes: '5', least: '0' }), {
      ok: true,
      args: { boxes: 5, least: 0 },
    });
    const proposed = { boxes: 11 };
    const known = fieldsOf(bounded, proposed);
    assert.deepEqual(readDraft(known, draftOf(known, proposed)), { ok: true, args: proposed });
  });
});
