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

  it('are written plain and read with any key where plain comes first', async () => {
    const [sealed] = await codec(now).encode([plain('"a"')]);
    const reader = codec(`plain,${now}`);
    const [written] = await reader.encode([plain('"b"')]);
    assert.ok(sealed && written);
    assert.deepEqual(told(written), told(plain('"b"')));
    assert.deepEqual((await reader.decode([sealed, written])).map(told), [
      told(plain('"a"')),
      told(plain('"b"')),
    ]);
  });

  it('are read by every process at each step of turning keys on, changing the one that writes, and turning them off', async () => {
    const steps = ['', `plain,${old}`, old, `${old},${now}`, `${now},${old}`, now, `plain,${now}`];
    const at = (step: string): KeyedCodec => new KeyedCodec(payloadKeysOf({ PERDURE_PAYLOAD_KEYS: step }));
    for (const [index, step] of steps.entries())
      for (const other of steps.slice(index, index + 2)) {
        const [there] = await at(other).decode(await at(step).encode([plain('"a"')]));
        const [back] = await at(step).decode(await at(other).encode([plain('"b"')]));
        assert.deepEqual([there ?? {}, back ?? {}].map(told), [plain('"a"'), plain('"b"')].map(told));
      }
  });

  it('have keys of the right form, and what is said of wrong ones has none in it', () => {
    assert.equal(payloadKeysOf({}), undefined);
    assert.equal(payloadKeysOf({ PERDURE_PAYLOAD_KEYS: '' }), undefined);
    const [short, name] = [randomBytes(16).toString('base64'), randomBytes(32).toString('hex')];
    const wrong: Readonly<Record<string, string>> = {
      [secret()]: 'entry 1 must be <name>:<base64 of 32 bytes>',
      [`${name}:${short}`]: 'entry 1 must be <name>:<base64 of 32 bytes>',
      [`a b:${secret()}`]: 'entry 1 must be <name>:<base64 of 32 bytes>',
      [`${old},`]: 'entry 2 must be <name>:<base64 of 32 bytes>',
      [`plain,${old},${name}`]: 'entry 3 must be <name>:<base64 of 32 bytes>',
      [`a:${secret()},a:${secret()}`]: 'entry 2 has the name of one before it',
      [`${old},plain`]: 'entry 2: plain may only be the first one',
      [`plain,plain,${old}`]: 'entry 2: plain may only be the first one',
      plain: 'plain must have the keys that are read behind it: plain,<name>:<key>',
      [Array.from({ length: 21 }, (_, index) => `k${index}:${secret()}`).join(',')]:
        'must be at most 20 keys',
    };
    for (const [keys, message] of Object.entries(wrong))
      assert.throws(() => payloadKeysOf({ PERDURE_PAYLOAD_KEYS: keys }), {
        message: `PERDURE_PAYLOAD_KEYS: ${message}`,
      });
    assert.ok(payloadKeysOf({ PERDURE_PAYLOAD_KEYS: ` plain , plain:${secret()} ` })?.readers.has('plain'));
  });
});
