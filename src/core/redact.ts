import type { Json, JsonObject } from '../contracts/json.ts';

/** Takes the place of a field that its schema marks with `writeOnly`, JSON Schema's own word for what is never shown again. */
export const REDACTED = '[redacted]';
/** Schemas that refer to each other without getting any deeper into the value end here, and what they are about is left out. */
const MAX_STEPS = 50;

/** A value without the fields that are secret by its JSON Schema. Where the schema can't be followed, nothing is shown. */
export function withoutSecrets(value: Json, schema: JsonObject | undefined): Json {
  return schema === undefined ? value : redact(value, schema, schema, 0);
}

function redact(value: Json, schema: Json | undefined, root: JsonObject, steps: number): Json {
  if (!isObject(schema)) return value;
  if (schema['writeOnly'] === true || steps > MAX_STEPS) return REDACTED;
  let shown = value;
  for (const other of alternatives(schema, root)) {
    shown = redact(shown, other, root, steps + 1);
    if (shown === REDACTED) return shown;
  }
  if (Array.isArray(shown)) return redactItems(shown, schema, root);
  if (!isObject(shown)) return shown;
  return Object.fromEntries(
    Object.entries(shown).map(([name, part]) => [name, redactField(name, part, schema, root)]),
  );
}

function redactField(name: string, part: Json, schema: JsonObject, root: JsonObject): Json {
  const { properties, patternProperties, additionalProperties } = schema;
  if (isObject(properties) && Object.hasOwn(properties, name)) return redact(part, properties[name], root, 0);
  // Which pattern fits is not asked: a field that one of them would hide is hidden.
  const others = [
    ...(isObject(patternProperties) ? Object.values(patternProperties) : []),
    additionalProperties,
  ];
  return others.reduce<Json>((shown, other) => redact(shown, other, root, 0), part);
}

function redactItems(items: readonly Json[], schema: JsonObject, root: JsonObject): Json {
  const { prefixItems, items: rest } = schema;
  const first = Array.isArray(prefixItems) ? prefixItems : [];
  return items.map((item, index) => redact(item, index < first.length ? first[index] : rest, root, 0));
}

/** Further schemas that may hold for the same value. A field that any of them marks is secret. */
function alternatives(schema: JsonObject, root: JsonObject): Json[] {
  const lists = ['allOf', 'anyOf', 'oneOf'].flatMap((name) => {
    const list = schema[name];
    return Array.isArray(list) ? list : [];
  });
  const { $ref: reference } = schema;
  return typeof reference === 'string' ? [...lists, resolved(reference, root)] : lists;
}

/** Only references within the schema; of another one nobody knows what it hides. */
function resolved(reference: string, root: JsonObject): Json {
  if (!reference.startsWith('#')) return { writeOnly: true };
  let found: Json | undefined = root;
  for (const part of reference.slice(1).split('/').filter(Boolean)) {
    // Names that JSON Schema libraries give to parts of a schema need no other escapes.
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    found = isObject(found) && Object.hasOwn(found, name) ? found[name] : undefined;
  }
  return found ?? { writeOnly: true };
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
