import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';
import type { PayloadKeys } from './payload-keys.ts';

/** As in Temporal's own samples of all languages. */
const ENCODING = 'binary/encrypted';
const KEY_NAME = 'encryption-key-id';
/** What AES-GCM was made for. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const PayloadMessage = proto.temporal.api.common.v1.Payload;

/**
 * Encrypts payloads with AES-256-GCM. What was written without a key is read as it is, so that old agents and people's own
 * tools go on. What can't be decrypted stays as it is too: whoever may send a message could otherwise stick an agent for
 * good, so it is told of as undecodable (`src/contracts/payload-converter.ts`).
 */
export class KeyedCodec implements PayloadCodec {
  readonly #keys: PayloadKeys | undefined;

  constructor(keys: PayloadKeys | undefined) {
    this.#keys = keys;
  }

  encode(payloads: Payload[]): Promise<Payload[]> {
    const writer = this.#keys?.writer;
    if (!writer) return Promise.resolve(payloads);
    return Promise.resolve(payloads.map((payload) => sealed(payload, writer)));
  }

  decode(payloads: Payload[]): Promise<Payload[]> {
    return Promise.resolve(payloads.map((payload) => this.#opened(payload)));
  }

  #opened(payload: Payload): Payload {
    const { metadata = {}, data } = payload;
    if (textOf(metadata?.['encoding']) !== ENCODING || !data) return payload;
    const key = this.#keys?.readers.get(textOf(metadata?.[KEY_NAME]));
    if (key === undefined || data.length < NONCE_BYTES + TAG_BYTES) return payload;
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, data.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAuthTag(data.subarray(-TAG_BYTES));
      const text = decipher.update(data.subarray(NONCE_BYTES, -TAG_BYTES));
      return PayloadMessage.decode(Buffer.concat([text, decipher.final()]));
    } catch {
      return payload;
    }
  }
}

function sealed(payload: Payload, { name, key }: NonNullable<PayloadKeys['writer']>): Payload {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  const text = cipher.update(PayloadMessage.encode(payload).finish());
  return {
    metadata: { encoding: Buffer.from(ENCODING), [KEY_NAME]: Buffer.from(name) },
    data: Buffer.concat([nonce, text, cipher.final(), cipher.getAuthTag()]),
  };
}

function textOf(bytes: Uint8Array | null | undefined): string {
  return Buffer.from(bytes ?? []).toString();
}
