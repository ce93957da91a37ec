import assert from 'node:assert/strict';
import { METADATA_ENCODING_KEY } from '@temporalio/common';
import { payloadConverter } from '../../src/contracts/payload-converter.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (text: string, encoding = 'json/plain'): unknown =>
  payloadConverter.fromPayload({ metadata: { [METADATA_ENCODING_KEY]: bytes(encoding) }, data: bytes(text) });
const reasonOf = (value: unknown): string => (value as { reason: string }).reason;

describe('payload converter', () => {
  it('reads and writes plain JSON', () => {
    const payload = payloadConverter.toPayload({ a: [1, 'x', null] });
    assert.ok(payload);
    assert.deepEqual(payloadConverter.fromPayload(payload), { a: [1, 'x', null] });
  });

  for (const [what, text, encoding] of [
    ['broken JSON', '{"a":', 'json/plain'],
    ['an encoding of somebody else', 'AAAA', 'binary/encrypted'],
    ['nesting that would overflow a stack', '['.repeat(5_000) + ']'.repeat(5_000), 'json/plain'],
  ] as const) {
    it(`turns ${what} into a value that says so, and never throws`, () => {
      const value = decode(text, encoding);
      assert.equal((value as { undecodable: boolean }).undecodable, true);
      assert.ok(reasonOf(value).length > 0);
    });
  }

  it('takes a payload without data or metadata for undecodable too', () => {
    assert.equal(payloadConverter.fromPayload<{ undecodable: boolean }>({}).undecodable, true);
  });

  it('leaves honest nesting alone', () => {
    assert.deepEqual(decode('['.repeat(50) + ']'.repeat(50)), JSON.parse('['.repeat(50) + ']'.repeat(50)));
  });
});
