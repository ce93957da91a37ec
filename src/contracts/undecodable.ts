/** What stands in for a payload that nobody can decode. Schemas refuse it like any other wrong value. */
export interface Undecodable {
  readonly undecodable: true;
  readonly reason: string;
}

export function isUndecodable(value: unknown): value is Undecodable {
  if (typeof value !== 'object' || value === null) return false;
  return 'undecodable' in value && value.undecodable === true && 'reason' in value;
}

/** In words for whoever sent it, or finds it in the log. */
export function undecodableReason({ reason }: Undecodable): string {
  return `the payload could not be decoded: ${reason}`;
}
