import { isDeepStrictEqual } from 'node:util';

/**
 * Where `actual` is not what `expected` asks for: a path and both values, or undefined when it fits. Objects match
 * when every field of `expected` does, lists by position from their start, a RegExp when it is found in the text.
 */
export function mismatch(expected: unknown, actual: unknown, path = ''): string | undefined {
  const complaint = (): string =>
    `${path === '' ? 'the request' : path} is ${show(actual)}, expected ${show(expected)}`;
  if (expected instanceof RegExp) {
    return typeof actual === 'string' && expected.test(actual) ? undefined : complaint();
  }
  if (typeof expected !== 'object' || expected === null) {
    return isDeepStrictEqual(expected, actual) ? undefined : complaint();
  }
  if (typeof actual !== 'object' || actual === null) return complaint();
  if (Array.isArray(expected) !== Array.isArray(actual)) return complaint();
  const fields = new Map<string, unknown>(Object.entries(actual));
  for (const [name, wanted] of Object.entries(expected)) {
    const found = mismatch(wanted, fields.get(name), path === '' ? name : `${path}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Longest part of a value that a message shows. */
const MAX_SHOWN_CHARS = 200;

function show(value: unknown): string {
  if (value instanceof RegExp) return String(value);
  // JSON.stringify gives undefined for undefined, whatever its declared type says.
  const text = (JSON.stringify(value) as string | undefined) ?? 'missing';
  return text.length <= MAX_SHOWN_CHARS ? text : `${text.slice(0, MAX_SHOWN_CHARS)}…`;
}
