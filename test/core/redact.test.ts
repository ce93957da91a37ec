import assert from 'node:assert/strict';
import fc from 'fast-check';
import * as z from 'zod';
import { JsonObject } from '../../src/contracts/json.ts';
import { REDACTED, withoutSecrets } from '../../src/core/redact.ts';

const secret = z.string().meta({ writeOnly: true });
const schemaOf = (schema: z.ZodType): JsonObject => JsonObject.parse(z.toJSONSchema(schema, { io: 'input' }));

describe('what a tool marks as secret', () => {
  it('is left out wherever its schema has it', () => {
    const schema = schemaOf(
      z.object({
        user: z.string(),
        password: secret,
        keys: z.array(z.object({ id: z.string(), key: secret })),
        named: z.record(z.string(), secret),
        either: z.union([
          z.object({ kind: z.literal('a'), token: secret }),
          z.object({ kind: z.literal('b') }),
        ]),
        pair: z.tuple([z.string(), secret]),
      }),
    );
    assert.deepEqual(
      withoutSecrets(
        {
          ...{ user: 'ann', password: 'p', keys: [{ id: '1', key: 'k' }], named: { one: 'x' } },
          ...{ either: { kind: 'a', token: 't' }, pair: ['shown', 'hidden'] },
        },
        schema,
      ),
      {
        ...{ user: 'ann', password: REDACTED, keys: [{ id: '1', key: REDACTED }], named: { one: REDACTED } },
        ...{ either: { kind: 'a', token: REDACTED }, pair: ['shown', REDACTED] },
      },
    );
  });

  it('is found behind references, also in values that contain themselves', () => {
    const Node = z.object({
      secret,
      get next() {
        return Node.optional();
      },
    });
    assert.deepEqual(withoutSecrets({ secret: 'a', next: { secret: 'b' } }, schemaOf(Node)), {
      secret: REDACTED,
      next: { secret: REDACTED },
    });
    const endless = { $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/a' } } };
    assert.equal(withoutSecrets({ shown: 1 }, endless), REDACTED);
    assert.equal(withoutSecrets('x', { $ref: 'https://elsewhere.example/schema' }), REDACTED);
  });

  it('is all that is left out', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const plain = JsonObject.parse({ value: JSON.parse(JSON.stringify(value)) as unknown });
        assert.deepEqual(
          withoutSecrets(plain, schemaOf(z.object({ value: z.any(), other: secret.optional() }))),
          plain,
        );
        assert.deepEqual(withoutSecrets(plain, undefined), plain);
      }),
    );
  });
});
