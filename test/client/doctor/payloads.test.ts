import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Client } from '@temporalio/client';
import { checkPayloads } from '../../../src/client/doctor/payloads.ts';
import { dataConverter } from '../../../src/contracts/data-converter.ts';
import { payloadKeysOf } from '../../../src/payloads/converter.ts';
import { KeyedCodec } from '../../../src/payloads/payload-codec.ts';

const [first, second] = ['k1', 'k2'].map((name) => `${name}:${randomBytes(32).toString('base64')}`);

describe('what the doctor says of payloads', () => {
  for (const [text, level, said] of [
    [undefined, 'ok', /^plain JSON[^;]*$/],
    [`plain,${first}`, 'ok', /^plain JSON.*; read with k1$/],
    [
      `${second},${first}`,
      'warn',
      /^encoded as binary\/encrypted.*; written with the key k2, read with k2, k1$/,
    ],
  ] as const)
    it(`names the keys that write and read: ${level}, ${String(said)}`, async () => {
      const keys = payloadKeysOf({ PERDURE_PAYLOAD_KEYS: text });
      const client = new Client({
        dataConverter: { ...dataConverter, payloadCodecs: [new KeyedCodec(keys)] },
      });
      const finding = await checkPayloads({ client }, keys);
      assert.equal(finding.level, level);
      assert.match(finding.message, said);
    });
});
