/** Two hashes in hexadecimal digits: of the key, and of everything that was asked for with it. */
const keyed = /^(http\/[0-9a-f]{32})#[0-9a-f]{16}$/;

/**
 * The id of a message that came with a key (HTTP's Idempotency-Key): bound to what was said, so that the agent can tell a
 * repeat from another request that took the same key by mistake.
 */
export function keyedId(keyHash: string, requestHash: string): string {
  return `http/${keyHash}#${requestHash}`;
}

/** What is the same for all requests with a key; undefined for an id that is bound to nothing. */
export function keyOfId(id: string): string | undefined {
  return keyed.exec(id)?.[1];
}
