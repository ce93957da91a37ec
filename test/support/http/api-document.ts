import assert from 'node:assert/strict';
import * as z from 'zod';
import type { Answer } from '../admin.ts';
import type { Caller, Reply } from '../api.ts';

/** A JSON Schema with all that it refers to. */
export type Schema = Readonly<Record<string, unknown>>;

const Content = z.record(z.string(), z.object({ schema: z.record(z.string(), z.unknown()) }));
const Parameter = z.object({
  name: z.string(),
  in: z.enum(['path', 'query', 'header']),
  required: z.boolean().default(false),
  schema: z.record(z.string(), z.unknown()),
});
const Response = z.object({ content: Content.optional(), $ref: z.string().optional() });
const Operation = z.object({
  operationId: z.string(),
  parameters: z.array(Parameter),
  requestBody: z.object({ content: Content }).optional(),
  responses: z.record(z.string(), Response),
});
const Document = z.object({
  servers: z.tuple([z.object({ url: z.literal('/api/v1') })]),
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.object({
    schemas: z.record(z.string(), z.unknown()),
    responses: z.record(z.string(), Response),
  }),
});

export interface ApiOperation extends z.output<typeof Operation> {
  readonly method: string;
  readonly path: string;
}

/** What somebody knows of the API who has read nothing but its OpenAPI document. */
export class ApiDocument {
  readonly operations: readonly ApiOperation[];
  readonly #responses: Readonly<Record<string, z.output<typeof Response>>>;
  readonly #definitions: Schema;
  readonly #checks = new Map<string, z.ZodType>();

  constructor(text: string) {
    // JSON Schema itself has its shared parts elsewhere than OpenAPI.
    const { paths, components } = Document.parse(
      JSON.parse(text.replaceAll('#/components/schemas/', '#/$defs/')),
    );
    this.#definitions = components.schemas;
    this.#responses = components.responses;
    this.operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        ...operation,
        method: method.toUpperCase(),
        path,
      })),
    );
  }

  operation(id: string): ApiOperation {
    return this.operations.find(({ operationId }) => operationId === id) ?? assert.fail(`there is no ${id}`);
  }

  bodySchema({ requestBody }: ApiOperation): Schema | undefined {
    return requestBody?.content['application/json']?.schema;
  }

  /** A schema that is referred to, or this one. */
  resolved(schema: Schema): Schema {
    const { $ref: reference } = schema;
    if (typeof reference !== 'string') return schema;
    const found = this.#definitions[reference.replace('#/$defs/', '')];
    return this.resolved(z.record(z.string(), z.unknown()).parse(found));
  }

  /** Fails when an answer is none that the document announces. */
  assertAnnounced({ operationId, responses }: ApiOperation, answer: Answer): void {
    const what = `${operationId} ${answer.status} ${answer.text.slice(0, 500)}`;
    const named = responses[String(answer.status)] ?? assert.fail(`not announced: ${what}`);
    const announced = named.$ref === undefined ? named : this.#responses[named.$ref.split('/').at(-1) ?? ''];
    const [type, content] = Object.entries(announced?.content ?? {})[0] ?? [];
    if (type === undefined || content === undefined) {
      assert.equal(answer.text, '', what);
      return;
    }
    assert.equal(answer.headers['content-type']?.split(';')[0], type, what);
    const value: unknown = /[/+]json$/.test(type) ? JSON.parse(answer.text) : answer.text;
    const parsed = this.#check(content.schema).safeParse(value);
    assert.ok(parsed.success, `${what}: ${String(parsed.error)}`);
  }

  #check(schema: Schema): z.ZodType {
    const key = JSON.stringify(schema);
    // What is no JSON Schema is refused when the check is made of it.
    const withDefinitions = { ...schema, $defs: this.#definitions } as z.core.JSONSchema.JSONSchema;
    const known = this.#checks.get(key) ?? z.fromJSONSchema(withDefinitions);
    this.#checks.set(key, known);
    return known;
  }
}

export interface Asking {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A client that knows operations by their names, and takes no answer that the document does not announce. */
export class DocumentClient {
  readonly #document: ApiDocument;
  readonly #caller: Caller;

  constructor(document: ApiDocument, caller: Caller) {
    this.#document = document;
    this.#caller = caller;
  }

  async ask<Body = Record<string, unknown>>(id: string, asking: Asking = {}): Promise<Reply<Body>> {
    const operation = this.#document.operation(id);
    const { body, headers = {} } = asking;
    const reply = await this.#caller.ask<Body>(
      operation.method,
      addressOf(operation, asking),
      body && JSON.stringify(body),
      { ...(body ? { 'content-type': 'application/json' } : {}), ...headers },
    );
    this.#document.assertAnnounced(operation, reply);
    return reply;
  }
}

export function addressOf({ path }: ApiOperation, { path: parts = {}, query = {} }: Asking): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(parts[name] ?? ''));
  const search = new URLSearchParams(query).toString();
  return search === '' ? filled : `${filled}?${search}`;
}
