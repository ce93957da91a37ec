import type { DataConverter } from '@temporalio/common';
import { dataConverter } from '../contracts/data-converter.ts';
import { KeyedCodec } from './payload-codec.ts';
import { PayloadKeys } from './payload-keys.ts';

/** The keys that a process was given; undefined for plain JSON. Throws with the name of the variable, and no key in it. */
export function payloadKeysOf(env: Readonly<Record<string, string | undefined>>): PayloadKeys | undefined {
  const text = env['PERDURE_PAYLOAD_KEYS'];
  // An empty variable means that it is not set, as in shells and container files.
  if (text === undefined || text === '') return undefined;
  const { data, error } = PayloadKeys.safeParse(text);
  if (data) return data;
  throw new Error(`PERDURE_PAYLOAD_KEYS: ${error.issues.map(({ message }) => message).join('; ')}`);
}

/** How payloads are written and read in this process. Every process that speaks to Temporal must read what any other writes. */
export function configuredConverter(): DataConverter {
  const keys = payloadKeysOf(process.env);
  return keys === undefined ? dataConverter : { ...dataConverter, payloadCodecs: [new KeyedCodec(keys)] };
}
