import fc from 'fast-check';
import * as z from 'zod';
import { addressOf, type ApiDocument, type ApiOperation, type Schema } from './api-document.ts';

/** A request as it goes over the wire. */
export interface WireRequest {
  readonly operation: ApiOperation;
  readonly address: string;
  readonly body: string | Buffer | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** Texts that have got through somewhere, or made something fall over. */
const hostileTexts = [
  ...[
    '',
    ' ',
    '\0',
    '\n',
    '..',
    '../../etc/passwd',
    '%00',
    '%',
    '__proto__',
    'constructor',
    'null',
    'undefined',
  ],
  ...["' OR 1=1 --", '<script>alert(1)</script>', '{{7*7}}', '$ref', '🙂'.repeat(300), 'x'.repeat(2_000)],
  ...['\u202e', '\u2028', '-1', '1e9', '0x10', '99999999999999999999', 'Infinity', 'NaN', 'e30', 'W10'],
];
const hostileBodies: readonly (string | Buffer)[] = [
  ...['', 'null', '[]', '5', '"x"', '{', '{"a":}', '{"a":1,"a":2}', '{"__proto__":{"by":"boss"}}'],
  ...['['.repeat(100_000), `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`, '{"a":1e999}'],
  Buffer.from([0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00]),
  Buffer.from('{"text":"\ud800"}', 'latin1'),
];
const hostileHeaders: readonly Readonly<Record<string, string>>[] = [
  ...[{ host: 'evil.example' }, { host: '' }, { origin: 'http://evil.example' }, { origin: 'null' }],
  ...[{ 'content-type': 'text/plain' }, { 'content-type': 'application/json; charset=utf-7' }],
  ...[{ 'content-type': 'multipart/form-data; boundary=x' }, { 'content-encoding': 'gzip' }],
  ...[{ 'idempotency-key': 'k'.repeat(201) }, { 'idempotency-key': '"k"' }, { 'if-match': '"0"' }],
  ...[
    { 'if-match': 'W/"x"' },
    { accept: 'text/html' },
    { authorization: 'Bearer x' },
    { authorization: 'Basic eDp5' },
  ],
  ...[
    { 'x-http-method-override': 'DELETE' },
    { expect: '200-ok' },
    { 'if-none-match': '*' },
    { range: 'bytes=0-1' },
  ],
];

const hostile = fc.oneof(fc.constantFrom(...hostileTexts), fc.string({ unit: 'binary', maxLength: 40 }));
const wrongValue: fc.Arbitrary<unknown> = fc.oneof(
  hostile,
  fc.jsonValue({ maxDepth: 4 }),
  fc.constant(1e308),
);

/**
 * Requests for everything that the document has but streams, some as it says and some not. `known` are values that mean something,
 * and `idsFor` agents that an operation may be tried on.
 */
export function anyRequest(
  document: ApiDocument,
  values: Readonly<Record<string, readonly string[]>>,
  idsFor: (operation: string) => readonly string[],
): fc.Arbitrary<WireRequest> {
  const operations = document.operations.filter(({ operationId }) => !operationId.startsWith('follow'));
  return fc.constantFrom(...operations).chain((operation) => {
    const known = { ...values, id: idsFor(operation.operationId) };
    return fc
      .record({
        path: parameters(document, operation, 'path', known),
        query: parameters(document, operation, 'query', known),
        own: parameters(document, operation, 'header', known),
        body: bodyOf(document, operation),
        wrong: fc.option(fc.constantFrom(...hostileHeaders), { nil: {}, freq: 3 }),
      })
      .map(({ path, query, own, body, wrong }) => ({
        operation,
        address: addressOf(operation, { path, query }),
        body,
        headers: { 'content-type': 'application/json', ...sendable(own), ...wrong },
      }));
  });
}

function parameters(
  document: ApiDocument,
  { parameters: declared }: ApiOperation,
  place: 'path' | 'query' | 'header',
  known: Readonly<Record<string, readonly string[]>>,
): fc.Arbitrary<Record<string, string>> {
  const here = declared.filter((parameter) => parameter.in === place);
  const values = here.map(({ name, schema }): [string, fc.Arbitrary<string>] => {
    const fitting = valueOf(document, schema).map(textOf);
    const meant = known[name];
    const usual = meant === undefined ? fitting : fc.oneof(fc.constantFrom(...meant), fitting);
    const any = fc.oneof({ arbitrary: usual, weight: 4 }, { arbitrary: hostile, weight: 1 });
    // No client can name these: addresses are read without them.
    return [name, place === 'path' ? any.filter((value) => !['.', '..', ''].includes(value)) : any];
  });
  const names = here.filter(({ required }) => required).map(({ name }) => name);
  // Mostly few of those that may be left out, because one that is wrong hides what the others would do.
  const optional = here.map(({ name }) => name).filter((name) => !names.includes(name));
  const chosen = fc.subarray(optional, { maxLength: Math.min(2, optional.length) });
  return fc
    .tuple(fc.record(Object.fromEntries(values)), chosen)
    .map(([all, more]) => Object.fromEntries([...names, ...more].map((name) => [name, all[name] ?? ''])));
}

function textOf(value: unknown): string {
  // Half a surrogate pair can't stand in an address; `encodeURIComponent` would refuse it here already.
  return (typeof value === 'string' ? value : JSON.stringify(value)).toWellFormed();
}

/** Node itself refuses to send what no header can hold. */
function sendable(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => /^[\x20-\x7e]*$/.test(value)));
}

function bodyOf(document: ApiDocument, operation: ApiOperation): fc.Arbitrary<string | Buffer | undefined> {
  const schema = document.bodySchema(operation);
  if (schema === undefined) return fc.constantFrom(undefined, '{}');
  const fitting = valueOf(document, schema);
  const bent = fc
    .tuple(fitting, fc.oneof(hostile, fc.constantFrom('by', 'requester', 'id', 'revision')), wrongValue)
    .map(([body, field, value]) => ({ ...(body as object), [field]: value })); // Bodies are objects.
  return fc.oneof(
    { arbitrary: fitting.map((body) => JSON.stringify(body)), weight: 5 },
    { arbitrary: bent.map((body) => JSON.stringify(body)), weight: 3 },
    { arbitrary: fc.constantFrom(...hostileBodies), weight: 1 },
  );
}

const Shape = z.object({
  anyOf: z.array(z.record(z.string(), z.unknown())).optional(),
  enum: z.array(z.json()).optional(),
  type: z.string().optional(),
  minLength: z.number().default(0),
  maxLength: z.number().default(50),
  minimum: z.number().default(-1_000),
  maximum: z.number().default(1_000_000),
  properties: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
  required: z.array(z.string()).default([]),
  items: z.record(z.string(), z.unknown()).optional(),
  additionalProperties: z.union([z.boolean(), z.record(z.string(), z.unknown())]).default(true),
});

/** Values that a schema allows, as far as what it says goes that the generator knows; small ones. */
function valueOf(document: ApiDocument, schema: Schema, depth = 0): fc.Arbitrary<unknown> {
  if (depth > 4) return fc.constant(null);
  const shape = Shape.parse(document.resolved(schema));
  const inner = (part: Schema): fc.Arbitrary<unknown> => valueOf(document, part, depth + 1);
  if (shape.enum) return fc.constantFrom(...shape.enum);
  if (shape.anyOf) return fc.oneof(...shape.anyOf.map(inner));
  switch (shape.type) {
    case 'string': {
      const { minLength, maxLength } = shape;
      return fc.string({ minLength, maxLength: Math.min(maxLength, minLength + 30) });
    }
    case 'integer':
      return fc.integer({ min: Math.ceil(shape.minimum), max: Math.min(shape.maximum, 2 ** 31 - 1) });
    case 'number':
      return fc.double({ noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(inner(shape.items ?? {}), { maxLength: 4 });
    case 'object': {
      const { additionalProperties: rest, required } = shape;
      const fields = Object.entries(shape.properties).map(([name, part]) => [name, inner(part)] as const);
      if (fields.length === 0 && typeof rest === 'object')
        return fc.dictionary(fc.string(), inner(rest), { maxKeys: 3 });
      return fc.record(Object.fromEntries(fields), { requiredKeys: required });
    }
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}
