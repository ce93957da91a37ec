import * as z from 'zod';
import { type JsonObject, jsonBytes } from '../../contracts/json.ts';

/** Schemas are carried with the agent and read by its model with every call. */
const MAX_SCHEMA_BYTES = 20_000;
/** What a schema comes to with its references followed: checking arguments takes as long as that, at the worst. */
const MAX_PARTS = 2_000;
const MAX_NAME_CHARS = 100;

/**
 * A server's schema as workflow code may compile it and a model read it: without regular expressions, which can take for ever on a
 * text that a model has chosen. One that can't be used becomes a list of its arguments; the server itself still checks them.
 */
export function modelSchema(schema: JsonObject): JsonObject {
  const plain = withoutPatterns(schema);
  return jsonBytes(plain) <= MAX_SCHEMA_BYTES && isBounded(plain) && isUsable(plain)
    ? plain
    : argumentList(schema);
}

function isUsable(schema: JsonObject): boolean {
  try {
    z.fromJSONSchema(schema).safeParse({});
    return true;
  } catch {
    return false;
  }
}

/** A property may be called `pattern`; as a keyword it has a text. */
function withoutPatterns(schema: JsonObject): JsonObject {
  const clean = (value: unknown, isNames: boolean): unknown => {
    if (Array.isArray(value)) return value.map((item) => clean(item, false));
    if (typeof value !== 'object' || value === null) return value;
    const kept = Object.entries(value).filter(
      ([key, part]) =>
        isNames || (key !== 'patternProperties' && !(key === 'pattern' && typeof part === 'string')),
    );
    return Object.fromEntries(
      kept.map(([key, part]) => [key, clean(part, !isNames && key === 'properties')]),
    );
  };
  return clean(schema, false) as JsonObject; // The same value with some of its keys left out.
}

/** Counts parts with every reference followed; one that leads to itself never ends. */
function isBounded(root: JsonObject): boolean {
  let parts = 0;
  const count = (value: unknown): boolean => {
    parts += 1;
    if (parts > MAX_PARTS) return false;
    if (typeof value !== 'object' || value === null) return true;
    const reference =
      '$ref' in value && typeof value.$ref === 'string' ? referenced(root, value.$ref) : undefined;
    return (
      Object.entries(value).every(([key, part]) => key === '$defs' || key === 'definitions' || count(part)) &&
      (reference === undefined || count(reference))
    );
  };
  return count(root);
}

function referenced(root: JsonObject, reference: string): unknown {
  const [, place, name] = /^#\/(\$defs|definitions)\/([^/]+)$/.exec(reference) ?? [];
  const definitions = place === undefined ? undefined : root[place];
  if (typeof definitions !== 'object' || definitions === null || name === undefined) return undefined;
  return Object.entries(definitions).find(([key]) => key === name)?.[1];
}

function argumentList({ properties, required }: JsonObject): JsonObject {
  const isName = (name: unknown): name is string => typeof name === 'string' && name.length <= MAX_NAME_CHARS;
  const names =
    typeof properties === 'object' && properties !== null ? Object.keys(properties).filter(isName) : [];
  const listed = names.slice(0, 50);
  const needed = Array.isArray(required)
    ? required.filter(isName).filter((name) => listed.includes(name))
    : [];
  return {
    type: 'object',
    properties: Object.fromEntries(listed.map((name) => [name, {}])),
    required: needed,
  };
}
