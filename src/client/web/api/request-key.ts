/** Under which a request may be sent again. Also where the page came over plain http, where browsers keep `randomUUID` back. */
export function requestKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}
