import { createSecretKey, type KeyObject } from 'node:crypto';
import * as z from 'zod';

/** AES-256. */
const KEY_BYTES = 32;
/** One in use, and those that older histories were written with. */
const MAX_KEYS = 20;

/** Keys by their names. The first one writes, all of them read. */
export type PayloadKeys = ReadonlyMap<string, KeyObject>;

/** `<name>:<base64 of 32 bytes>`, with commas between: the one that writes first. Messages never repeat a key. */
export const PayloadKeys = z.string().transform((text, context): PayloadKeys => {
  const keys = new Map<string, KeyObject>();
  for (const part of text.split(',')) {
    const [, name, secret = ''] = /^\s*([\w.-]{1,60}):([A-Za-z0-9+/]+={0,2})\s*$/.exec(part) ?? [];
    const bytes = Buffer.from(secret, 'base64');
    if (name === undefined || bytes.length !== KEY_BYTES || keys.has(name) || keys.size >= MAX_KEYS) {
      context.addIssue('must be <name>:<base64 of 32 bytes>, with commas between, each name once');
      return z.NEVER;
    }
    keys.set(name, createSecretKey(bytes));
  }
  return keys;
});
