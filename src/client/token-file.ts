import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openTokens, tokenFileName } from '../storage/sqlite-tokens.ts';
import type { TokenStore } from '../storage/tokens.ts';
import { GatewayError } from './gateway-error.ts';

/**
 * The tokens of a data folder. Looking for one must not make a file: where none was ever made there is nothing to find.
 * What an operator can mend fails `NotConfigured`.
 */
export function tokensIn(dataDir: string): TokenStore {
  const file = join(dataDir, tokenFileName);
  const store = openTokens(file, unavailable);
  return {
    ...store,
    find: (kind, secret, now) => (existsSync(file) ? store.find(kind, secret, now) : undefined),
    redeem: (secret, now) => (existsSync(file) ? store.redeem(secret, now) : undefined),
    list: () => (existsSync(file) ? store.list() : []),
    revoke: (ids, now) => (existsSync(file) ? store.revoke(ids, now) : []),
  };
}

function unavailable(message: string, cause: unknown): GatewayError {
  return new GatewayError('NotConfigured', `${message}.`, {
    help: 'Mend what the message names, and try again.',
    cause,
  });
}
