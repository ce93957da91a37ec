import * as z from 'zod';
import type { Json, JsonObject } from '../../../contracts/json.ts';

/** As what an argument is edited. Whatever has no simple form is edited as JSON. */
export type FieldKind = 'text' | 'number' | 'boolean' | 'choice' | 'json';

export interface Field {
  readonly name: string;
  readonly kind: FieldKind;
  readonly isRequired: boolean;
  readonly isWhole: boolean;
  /** What people call it, where the schema says so. */
  readonly title: string | undefined;
  readonly description: string | undefined;
  /** Of a number: what the schema allows. */
  readonly minimum: number;
  readonly maximum: number;
  /** Of a choice: the values that the schema allows. */
  readonly choices: readonly string[];
}

/** Texts of a form, by field; a field without one is left out of the arguments. */
export type Draft = Readonly<Record<string, string | undefined>>;

export type ReadDraft =
  | { readonly ok: true; readonly args: JsonObject }
  | { readonly ok: false; readonly problems: Readonly<Record<string, string>> };

const Property = z.object({
  type: z.string().optional(),
  enum: z.array(z.string()).optional(),
  title: z.string().optional(),
  description: z.string().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
});
const ObjectSchema = z.object({
  properties: z.record(z.string(), z.unknown()),
  required: z.array(z.string()).default([]),
});

/** The fields of a form for arguments: those of the tool's schema, then whatever else the arguments hold. */
export function fieldsOf(schema: JsonObject | undefined, args: JsonObject): Field[] {
  const { data } = ObjectSchema.safeParse(schema);
  const required = new Set(data?.required);
  const known = Object.entries(data?.properties ?? {}).map(([name, property]) =>
    fieldOf(name, property, required.has(name), own(args, name)),
  );
  const names = new Set(known.map(({ name }) => name));
  const others = Object.keys(args).filter((name) => !names.has(name));
  return [...known, ...others.map((name) => fieldOf(name, {}, false, own(args, name)))];
}

/** The texts that a form begins with. */
export function draftOf(fields: readonly Field[], args: JsonObject): Draft {
  return Object.fromEntries(
    fields.map(({ name, kind }) => {
      const value = own(args, name);
      if (value === undefined) return [name, undefined];
      return [name, kind !== 'json' && typeof value === 'string' ? value : JSON.stringify(value, null, 2)];
    }),
  );
}

/** The arguments that the texts of a form stand for, or what is wrong with each. */
export function readDraft(fields: readonly Field[], draft: Draft): ReadDraft {
  const problems: [string, string][] = [];
  const args: [string, Json][] = [];
  for (const field of fields) {
    const text = draft[field.name];
    if (text === undefined) {
      if (field.isRequired) problems.push([field.name, 'needed']);
      continue;
    }
    const value = valueOf(field, text);
    if (value === undefined) problems.push([field.name, expectation(field)]);
    else args.push([field.name, value]);
  }
  // From entries, since an argument may have a name that means something else to an object, such as `__proto__`.
  return problems.length === 0
    ? { ok: true, args: Object.fromEntries(args) }
    : { ok: false, problems: Object.fromEntries(problems) };
}

function fieldOf(name: string, property: unknown, isRequired: boolean, value: Json | undefined): Field {
  const { type, enum: choices = [], title, description, ...bounds } = Property.safeParse(property).data ?? {};
  const kind = kindOf(type, choices, value);
  const isWhole = type === 'integer' && (value === undefined || Number.isInteger(value));
  // A form must hold what was proposed, also what the schema would not allow; the agent has the last word on it.
  const { minimum = -Infinity, maximum = Infinity } = value === undefined ? bounds : {};
  return { name, kind, isRequired, isWhole, title, description, minimum, maximum, choices };
}

/** Every object has things such as `constructor` that nobody gave it. */
function own(args: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(args, name) ? args[name] : undefined;
}

/** What an argument is goes before what the schema says: a form must hold exactly what was proposed. */
function kindOf(type: string | undefined, choices: readonly string[], value: Json | undefined): FieldKind {
  const actual = value === undefined ? undefined : typeof value;
  if (choices.length > 0 && (value === undefined || (typeof value === 'string' && choices.includes(value))))
    return 'choice';
  if (actual === 'string' || (actual === undefined && type === 'string')) return 'text';
  if (actual === 'number' || (actual === undefined && (type === 'number' || type === 'integer')))
    return 'number';
  if (actual === 'boolean' || (actual === undefined && type === 'boolean')) return 'boolean';
  return 'json';
}

function valueOf({ kind, isWhole, minimum, maximum }: Field, text: string): Json | undefined {
  switch (kind) {
    case 'text':
    case 'choice':
      return text;
    case 'boolean':
      return text === 'true';
    case 'number': {
      const value = Number(text);
      const isNumber = text.trim() !== '' && Number.isFinite(value) && (!isWhole || Number.isInteger(value));
      return isNumber && value >= minimum && value <= maximum ? value : undefined;
    }
    case 'json':
      return jsonIn(text);
  }
}

function jsonIn(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json; // Whatever `JSON.parse` gives is JSON.
  } catch {
    return undefined;
  }
}

/** What a field takes, in words. */
export function fieldWords(field: Field): string {
  const { kind, choices, isRequired } = field;
  const words = {
    text: 'text',
    choice: choices.map((choice) => JSON.stringify(choice)).join(' or '),
    boolean: 'true or false',
    number: expectation(field),
    json: 'JSON',
  }[kind];
  return isRequired ? words : `${words}, optional`;
}

function expectation({ kind, isWhole, minimum, maximum }: Field): string {
  if (kind !== 'number') return 'this is not JSON';
  const bounds = [
    ...(minimum === -Infinity ? [] : [` from ${minimum}`]),
    ...(maximum === Infinity ? [] : [` to ${maximum}`]),
  ];
  return `${isWhole ? 'a whole number' : 'a number'}${bounds.join('')}`;
}
