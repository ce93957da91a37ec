import { InvalidArgumentError } from 'commander';
import { AgentPrefix, maxTokens, type NewToken, TokenName, type TokenStore } from '../../storage/tokens.ts';
import { GatewayError } from '../gateway-error.ts';
import { tokensIn } from '../token-file.ts';

/** A new token of any kind. Fails `Conflict` when there are too many. */
export function createOrFail(store: TokenStore, wanted: NewToken) {
  const made = store.create(wanted);
  if (made === undefined) throw new GatewayError('Conflict', `There are ${maxTokens} tokens already.`);
  return made;
}

/** Work on the tokens of PERDURE_DATA_DIR. */
export function withTokens(work: (store: TokenStore) => void): Promise<undefined> {
  // An empty variable means that it is not set, here as in the admin server.
  const store = tokensIn(process.env['PERDURE_DATA_DIR'] || '.perdure');
  try {
    work(store);
    return Promise.resolve(undefined);
  } finally {
    store.close();
  }
}

export function tokenName(text: string): string {
  const parsed = TokenName.safeParse(text);
  if (!parsed.success) throw new InvalidArgumentError(`It must be ${parsed.error.issues[0]?.message ?? ''}.`);
  return parsed.data;
}

/** Collects beginnings of ids, from one flag after the other. */
export function prefix(text: string, before: readonly string[] = []): readonly string[] {
  const parsed = AgentPrefix.safeParse(text);
  if (!parsed.success) throw new InvalidArgumentError(`It must be ${parsed.error.issues[0]?.message ?? ''}.`);
  return [...before, parsed.data];
}
