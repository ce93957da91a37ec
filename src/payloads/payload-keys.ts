import { createSecretKey, type KeyObject } from 'node:crypto';
import * as z from 'zod';

/** AES-256. */
const KEY_BYTES = 32;
/** One in use, and those that older histories were written with. */
const MAX_KEYS = 20;
/** In the place of the key that writes. The name of a key has a colon behind it, so that none is taken for it. */
const WRITES_PLAIN = 'plain';

export interface PayloadKeys {
  /** The key that writes; without one, payloads are written as plain JSON. */
  readonly writer: { readonly name: string; readonly key: KeyObject } | undefined;
  /** Keys by their names. All of them read, also the one that writes. */
  readonly readers: ReadonlyMap<string, KeyObject>;
}

/**
 * `<name>:<base64 of 32 bytes>`, with commas between: the one that writes first, or `plain` there, so that keys can be given to all
 * processes before one of them writes. Messages never repeat a key, and so no name either: it may be one in the wrong place.
 */
export const PayloadKeys = z.string().transform((text, context): PayloadKeys => {
  const [first = '', ...rest] = text.split(',').map((entry) => entry.trim());
  const isPlain = first === WRITES_PLAIN;
  const read = readKeys(isPlain ? rest : [first, ...rest], isPlain ? 2 : 1);
  if (!read.ok) {
    context.addIssue(read.problem);
    return z.NEVER;
  }
  const [[name, key] = []] = isPlain ? [] : read.keys;
  return {
    writer: name === undefined || key === undefined ? undefined : { name, key },
    readers: read.keys,
  };
});

type Read = { ok: true; keys: ReadonlyMap<string, KeyObject> } | { ok: false; problem: string };

function readKeys(entries: readonly string[], firstPlace: number): Read {
  if (entries.length === 0)
    return { ok: false, problem: 'plain must have the keys that are read behind it: plain,<name>:<key>' };
  if (entries.length > MAX_KEYS) return { ok: false, problem: `must be at most ${MAX_KEYS} keys` };
  const keys = new Map<string, KeyObject>();
  for (const [index, entry] of entries.entries()) {
    const place = `entry ${index + firstPlace}`;
    if (entry === WRITES_PLAIN) return { ok: false, problem: `${place}: plain may only be the first one` };
    const [, name, secret = ''] = /^([\w.-]{1,60}):([A-Za-z0-9+/]+={0,2})$/.exec(entry) ?? [];
    const bytes = Buffer.from(secret, 'base64');
    if (name === undefined || bytes.length !== KEY_BYTES)
      return { ok: false, problem: `${place} must be <name>:<base64 of ${KEY_BYTES} bytes>` };
    if (keys.has(name)) return { ok: false, problem: `${place} has the name of one before it` };
    keys.set(name, createSecretKey(bytes));
  }
  return { ok: true, keys };
}
