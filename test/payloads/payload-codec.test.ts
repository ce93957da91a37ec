import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { Payload } from '@temporalio/common';
import fc from 'fast-check';
import { payloadKeysOf } from '../../src/payloads/converter.ts';
import { KeyedCodec } from '../../src/payloads/payload-codec.ts';

const secret = (): string => randomBytes(32).toString('base64');
const [old, now] = [`old:${secret()}`, `now:${secret()}`];

function codec(keys: string): KeyedCodec {
  return new KeyedCodec(payloadKeysOf({ PERDURE_PAYLOAD_KEYS: keys }) ?? assert.fail('no keys'));
}

function plain(text: string): Payload {
  return { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from(text) };
}

function told({ metadata, data }: Payload): unknown {
  const names = Object.entries(metadata ?? {}).map(([name, bytes]) => [name, Buffer.from(bytes).toString()]);
  return [Object.fromEntries(names), Buffer.from(data ?? []).toString('utf8')];
}

describe('payloads with keys', () => {
  it('come back as they were, and say nothing meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ minLength: 4 }), async (text) => {
        const [encoded] = await codec(now).encode([plain(`"secret ${text}"`)]);
        assert.ok(encoded);
        assert.doesNotMatch(JSON.stringify(told(encoded)), /secret/);
        const [back] = await codec(`${old},${now}`).decode([encoded]);
        assert.deepEqual(told(back ?? {}), told(plain(`"secret ${text}"`)));
      }),
    );
  });

  it('are written with the first key and read with any, and those without a key as they are', async () => {
    const [before] = await codec(old).encode([plain('1')]);
    const both = codec(`${now},${old}`);
    const [after] = await both.encode([plain('2')]);
    assert.ok(before && after);
    const back = await both.decode([before, after, plain('3')]);
    assert.deepEqual(
      back.map(told),
      ['1', '2', '3'].map((text) => told(plain(text))),
    );
    assert.equal(Buffer.from(after.metadata?.['encryption-key-id'] ?? []).toString(), 'now');
  });

  it('that were changed, cut or written with another key stay as they are, and stop nobody', async () => {
    const [encoded = assert.fail()] = await codec(now).encode([plain('{"pay":1}')]);
    const { metadata = {}, data } = encoded;
    assert.ok(data);
    for (let place = 0; place < data.length; place += 1) {
      const changed: Buffer = Buffer.from(data);
      changed[place] = (changed[place] ?? 0) ^ 1;
      const damaged: Payload = { metadata, data: changed };
      assert.deepEqual(await codec(now).decode([damaged]), [damaged]);
    }
    const cut: Payload = { metadata, data: data.subarray(0, 20) };
    assert.deepEqual(await codec(now).decode([cut]), [cut]);
    assert.deepEqual(await codec(`now:${secret()}`).decode([encoded]), [encoded]);
    assert.deepEqual(await codec(old).decode([encoded]), [encoded]);
  });

  it('have keys of the right form, and what is said of wrong ones has none in it', () => {
    assert.equal(payloadKeysOf({}), undefined);
    assert.equal(payloadKeysOf({ PERDURE_PAYLOAD_KEYS: '' }), undefined);
    const short = randomBytes(16).toString('base64');
    for (const keys of [secret(), `a:${short}`, `a:${secret()},a:${secret()}`, `a b:${secret()}`])
      assert.throws(
        () => payloadKeysOf({ PERDURE_PAYLOAD_KEYS: keys }),
        ({ message }: Error) =>
          message.startsWith('PERDURE_PAYLOAD_KEYS: must be') && !message.includes(short),
      );
  });
});
