/** A part of a JSON Schema, as far as states use it. */
interface Schema {
  readonly [keyword: string]: unknown;
  readonly $defs?: Readonly<Record<string, Schema>>;
}

const structural = ['$schema', '$defs', '$ref', '$id', 'title', 'properties', 'required', 'enum', 'items'];
const alternatives = ['anyOf', 'oneOf', 'allOf'];

/**
 * What in a schema is no mere growth of an earlier one: whatever the earlier one let through must still be read as what it
 * meant. New optional properties, new alternatives and new members of an enumeration are growth; all else is listed.
 */
export function changesBeyondGrowth(earlier: Schema, now: Schema): string[] {
  const seen = new Set<string>();
  const inDefs = (root: Schema, part: Schema): Schema => {
    const reference = part['$ref'];
    if (typeof reference !== 'string') return part;
    return root.$defs?.[reference.replace('#/$defs/', '')] ?? part;
  };
  const compare = (old: Schema, fresh: Schema, path: string): string[] => {
    // Recursive parts are compared once.
    const pair = `${JSON.stringify(old['$ref'])}~${JSON.stringify(fresh['$ref'])}`;
    if (old['$ref'] !== undefined && fresh['$ref'] !== undefined) {
      if (seen.has(pair)) return [];
      seen.add(pair);
    }
    const before = inDefs(earlier, old);
    const after = inDefs(now, fresh);
    return [
      ...properties(before, after, path),
      ...lists(before, after, path),
      ...plain(before, after, path),
      ...required(before, after, path),
    ];
  };
  const properties = (before: Schema, after: Schema, path: string): string[] => {
    const wanted = record(before['properties']);
    const found = record(after['properties']);
    return Object.entries(wanted).flatMap(([name, schema]) => {
      const same = found[name];
      return same ? compare(schema, same, `${path}.${name}`) : [`${path}.${name} is gone`];
    });
  };
  const lists = (before: Schema, after: Schema, path: string): string[] => [
    ...alternatives.flatMap((keyword) =>
      list(before[keyword]).flatMap((schema, index) =>
        closest(schema, list(after[keyword]), `${path}|${index}`),
      ),
    ),
    ...(before['items'] === undefined ? [] : compare(one(before['items']), one(after['items']), `${path}[]`)),
  ];
  /** New alternatives may stand anywhere, so that of the present ones counts which differs least. */
  const closest = (schema: Schema, candidates: readonly Schema[], path: string): string[] => {
    const differences = candidates.map((candidate) => compare(schema, candidate, path));
    return differences.toSorted((left, right) => left.length - right.length)[0] ?? [`${path} is gone`];
  };
  return compare(earlier, now, 'state');
}

function required(before: Schema, after: Schema, path: string): string[] {
  const must = (schema: Schema): string[] => (schema['required'] ?? []) as string[];
  const added = must(after).filter((name) => !must(before).includes(name));
  const dropped = must(before).filter((name) => !must(after).includes(name));
  return [
    ...added.map((name) => `${path}.${name} is required now`),
    ...dropped.map((name) => `${path}.${name} is not required any more`),
  ];
}

/** Every other keyword means the same as before, and no member of an enumeration is gone. */
function plain(before: Schema, after: Schema, path: string): string[] {
  const members = (schema: Schema): unknown[] => (schema['enum'] ?? []) as unknown[];
  const gone = members(before).filter((member) => !members(after).includes(member));
  const keywords = new Set([...Object.keys(before), ...Object.keys(after)]);
  const changed = [...keywords].filter(
    (keyword) =>
      !structural.includes(keyword) &&
      !alternatives.includes(keyword) &&
      // A part that is a schema itself, as the values of a record, holds nothing that could grow.
      JSON.stringify(before[keyword]) !== JSON.stringify(after[keyword]),
  );
  return [
    ...gone.map((member) => `${path}: ${JSON.stringify(member)} is gone`),
    ...changed.map((keyword) => `${path}: ${keyword} has changed`),
  ];
}

/** The schemas are plain JSON, made by zod: these are the shapes that the keywords have. */
function record(value: unknown): Record<string, Schema> {
  return (value ?? {}) as Record<string, Schema>;
}
function list(value: unknown): Schema[] {
  return (value ?? []) as Schema[];
}
function one(value: unknown): Schema {
  return (value ?? {}) as Schema;
}
