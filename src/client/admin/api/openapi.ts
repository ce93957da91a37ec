import * as z from 'zod';
import { ApprovalView, StatusDocument } from '../../../contracts/status.ts';
import { Json, JsonObject } from '../../../contracts/json.ts';
import { ContextEntry, Transition } from '../../../contracts/state.ts';
import { failures, type FailureType } from '../../../contracts/failures.ts';
import { type OperationId, permissions } from '../permissions.ts';
import { auditEndHeader, AuditQuery } from '../routes/audit.ts';
import { csrfParameter, sessionPath } from './openapi-session.ts';
import { type Operation, pathParts } from './operation.ts';
import { isBasedOnState } from './revision.ts';

type Schemas = Record<string, unknown>;

/** What parts of several schemas are called in the document. The rest is called after its operation. */
const shared: Readonly<Record<string, z.ZodType>> = {
  ...{ Json, JsonObject, StatusDocument, ApprovalView, ContextEntry, Transition },
};

/** Which failures any operation may have, beside those of what it asks for. */
const general: readonly FailureType[] = [
  'Invalid',
  'Unauthenticated',
  'Forbidden',
  'NotFound',
  'Conflict',
  'RequestTimeout',
  'TooLarge',
  'TooManyRequests',
  'Unreachable',
];

/** And those that take an Idempotency-Key. */
const keyed: readonly FailureType[] = ['KeyReused'];

/** The OpenAPI 3.1 document of what there is below `/api/v1`, made of the very schemas that requests and answers are checked with. */
export function openApiDocument(operations: readonly Operation[], version: string): Schemas {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations) {
    const path = operation.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [operation.method]: described(operation) };
  }
  for (const [path, id, summary] of streams) {
    const name = path.replace(/:(\w+)/g, '{$1}');
    paths[name] = { ...paths[name], get: describedStream(path, id, summary) };
  }
  paths['/session'] = sessionPath;
  return {
    openapi: '3.1.0',
    info: {
      title: 'Perdure admin API',
      version,
      description: 'Persistent AI agents: start, watch and steer them, and decide what they ask.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/api/v1' }],
    security: [{ token: [] }, { session: [] }],
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        // Over HTTPS its name begins with __Host-.
        session: { type: 'apiKey', in: 'cookie', name: 'perdure_session' },
      },
      schemas: { ...schemasOf(operations), Problem: problemSchema },
      responses: Object.fromEntries([...general, ...keyed].map((type) => [type, problemResponse(type)])),
    },
  };
}

function described(operation: Omit<Operation, 'perform' | 'query' | 'body'> & Partial<Operation>): Schemas {
  const { id, method, path, summary, query, body, answer, takesKey, status = 200 } = operation;
  return {
    operationId: id,
    summary,
    description: `Needs the role ${permissions[id]}.`,
    'x-role': permissions[id],
    parameters: [
      ...[...path.matchAll(/:(\w+)/g)].map(([, name]) => pathParameter(name ?? '')),
      ...queryParameters(query),
      ...(takesKey === true ? [keyParameter] : []),
      ...(method === 'post' ? [csrfParameter] : []),
      ...(isBasedOnState({ body }) ? [revisionParameter] : []),
    ],
    ...(body
      ? {
          requestBody: {
            required: body.safeParse({}).success ? false : true,
            content: { 'application/json': { schema: reference(bodyName(id)) } },
          },
        }
      : {}),
    responses: {
      [status]: {
        description: 'Done',
        ...(answer === StatusDocument ? { headers: { ETag: revisionHeader } } : {}),
        content: { 'application/json': { schema: reference(answerName(id)) } },
      },
      ...Object.fromEntries(
        [...general, ...(takesKey === true ? keyed : [])].map((type) => [
          failures[type].httpStatus,
          { $ref: `#/components/responses/${type}` },
        ]),
      ),
    },
  };
}

/** What is answered with a line for each thing rather than with one document. */
const streams = [
  ['/events', 'followAgents', 'Changes in the list of agents, as they come'],
  [
    '/agents/:id/events',
    'followAgent',
    'Transitions and status of an agent, as they come, until it has ended',
  ],
  [
    '/agents/:id/audit',
    'showAudit',
    'What an agent did and what was done to it, each line with the hash of the one before',
  ],
] as const;

function describedStream(path: string, id: OperationId, summary: string): Schemas {
  const { responses, ...rest } = described({ id, method: 'get', path, summary, answer: z.string() });
  const isAudit = id === 'showAudit';
  const mediaType = isAudit ? 'application/x-ndjson' : 'text/event-stream';
  return {
    ...rest,
    parameters: [
      ...[...path.matchAll(/:(\w+)/g)].map(([, name]) => pathParameter(name ?? '')),
      ...(isAudit
        ? queryParameters(AuditQuery)
        : [{ name: 'Last-Event-ID', in: 'header', schema: { type: 'string' } }]),
    ],
    responses: {
      ...(responses as Schemas), // As `described` has made it.
      200: {
        description: isAudit ? 'The lines' : 'A stream',
        ...(isAudit ? { headers: { [auditEndHeader]: auditEnd } } : {}),
        content: { [mediaType]: { schema: { type: 'string' } } },
      },
    },
  };
}

const auditEnd = {
  description: 'How many lines there are, and the hash of the last one.',
  schema: { type: 'string', pattern: '^\\d+:[0-9a-f]{64}$' },
};

const keyParameter = {
  name: 'Idempotency-Key',
  in: 'header',
  description:
    'The same request again with the same key, by the same token name, counts once; another request is refused.',
  schema: { type: 'string', minLength: 1, maxLength: 200 },
};

const revisionParameter = {
  name: 'If-Match',
  in: 'header',
  description:
    'Says the same as `revision` in the body, in quotes. If the state is another one by now, nothing is done: 409.',
  schema: { type: 'string' },
};

const revisionHeader = {
  description: 'The revision of the agent in quotes, for If-Match.',
  schema: { type: 'string', pattern: '^"\\d+"$' },
};

function pathParameter(name: string): Schemas {
  const part = Object.entries(pathParts).find(([known]) => known === name)?.[1];
  return { name, in: 'path', required: true, schema: plain(part ?? z.string()) };
}

function queryParameters(query: z.ZodType | undefined): Schemas[] {
  if (!(query instanceof z.ZodObject)) return [];
  // The parts of an object's schema are schemas, which its type does not say.
  return Object.entries(query.shape as Record<string, z.ZodType>).map(([name, schema]) => ({
    ...{ name, in: 'query', required: false, schema: plain(schema) },
  }));
}

/** A schema without references; of text that becomes a number, the number. */
function plain(schema: z.ZodType): Schemas {
  const { $schema: _, ...rest } = z.toJSONSchema(schema);
  return rest;
}

function schemasOf(operations: readonly Operation[]): Schemas {
  const answers = Object.fromEntries(operations.map(({ id, answer }) => [answerName(id), answer]));
  const bodies = Object.fromEntries(
    operations.flatMap(({ id, body }) => (body ? [[bodyName(id), body]] : [])),
  );
  return { ...components(bodies, 'input'), ...components(answers, 'output') };
}

/** One schema may answer several operations, and a registry knows each under one name: the others refer to it. */
function components(named: Readonly<Record<string, z.ZodType>>, io: 'input' | 'output'): Schemas {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(shared)) registry.add(schema, { id });
  const aliases: Schemas = {};
  for (const [id, schema] of Object.entries(named)) {
    const known = registry.get(schema)?.id;
    if (known === undefined) registry.add(schema, { id });
    else aliases[id] = reference(known);
  }
  const { schemas } = z.toJSONSchema(registry, { io, uri: (id) => `#/components/schemas/${id}` });
  const made = Object.entries(schemas).map(
    ([id, { $schema: _, $id: __, ...schema }]) => [id, schema] as const,
  );
  return { ...Object.fromEntries(made), ...aliases };
}

function bodyName(id: string): string {
  return `${id}Body`;
}

function answerName(id: string): string {
  return `${id}Answer`;
}

function reference(name: string): Schemas {
  return { $ref: `#/components/schemas/${name}` };
}

const problemSchema = {
  type: 'object',
  description: 'RFC 9457; `code` is stable and explained in docs/failures.md.',
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', enum: Object.keys(failures) },
    detail: { type: 'string' },
    help: { type: 'string' },
    current: {
      ...reference('StatusDocument'),
      description: 'Of a conflict: the state that the agent is in now.',
    },
  },
  required: ['type', 'title', 'status', 'code', 'detail', 'help'],
};

function problemResponse(type: FailureType): Schemas {
  return {
    description: failures[type].help,
    content: { 'application/problem+json': { schema: reference('Problem') } },
  };
}
