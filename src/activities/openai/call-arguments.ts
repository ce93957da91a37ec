import { JsonObject } from '../../contracts/json.ts';
import type { RequestedCall } from '../../contracts/model.ts';

type CallArguments = RequestedCall['args'];

/**
 * What a model wrote as the arguments of a call. Nothing written means no arguments, unless the reply was cut before they came.
 * An object inside a JSON string, as some servers encode it, counts as the object.
 */
export function parseArguments(written: string, cut: boolean): CallArguments {
  if (written.trim() === '' && !cut) return { type: 'parsed', value: {} };
  const malformed = (reason: string): CallArguments => ({ type: 'malformed', text: written, reason });
  if (cut && !isWholeObject(written)) {
    return malformed('The reply reached its length limit while these arguments were being written.');
  }
  try {
    const value = decoded(written);
    if (value === null) return { type: 'parsed', value: {} };
    const parsed = JsonObject.safeParse(value);
    if (parsed.success) return { type: 'parsed', value: parsed.data };
    return malformed(`The arguments must be one JSON object, not ${kindOf(value)}.`);
  } catch (error) {
    return malformed(
      `The arguments are not JSON: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
}

/** Whether the text is one complete JSON object, to which nothing can be added. */
export function isWholeObject(written: string): boolean {
  if (!written.trimEnd().endsWith('}')) return false;
  try {
    return kindOf(JSON.parse(written)) === 'an object';
  } catch {
    return false;
  }
}

function decoded(written: string): unknown {
  const value: unknown = JSON.parse(written);
  if (typeof value !== 'string') return value;
  return value.trimStart().startsWith('{') ? JSON.parse(value) : value;
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (value === null) return 'null';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
