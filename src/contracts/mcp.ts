import * as z from 'zod';
import { JsonObject } from './json.ts';

/** Each server is a process or a session of every worker; one agent that needs more is several agents. */
const MAX_SERVERS = 10;

/** No `_`, so that `<server>__<tool>` can be read in one way only. */
const ServerName = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9-]{0,31}$/,
    'lower-case letters, digits and -, at most 32, starting with a letter or digit',
  );

const VariableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/, 'the name of an environment variable, not its value');

/** A program that the worker starts and talks to over its standard input and output. */
const ProcessServer = z.strictObject({
  command: z.string().min(1).max(1_000),
  args: z.array(z.string().max(4_000)).max(50).default([]),
  /** Names of variables of the worker that the program gets. */
  env: z.array(VariableName).max(50).default([]),
});

/** A server that is reached by streamable HTTP. `$NAME` in a header stands for a variable of the worker. */
const HttpServer = z.strictObject({
  url: z
    .string()
    .max(2_000)
    // Without a user in it: credentials belong into headers.
    .regex(/^https?:\/\/[^\s/?#@\\]+([/?#]\S*)?$/, 'a URL like https://example.com/mcp'),
  headers: z
    .record(
      z.string().regex(/^[A-Za-z0-9-]{1,100}$/, 'the name of an HTTP header'),
      z
        .string()
        .max(4_000)
        .regex(/^[^\r\n]*$/, 'one line'),
    )
    .default({}),
});

/** How a Model Context Protocol server is reached. It holds names of variables only: values stay with the worker. */
export const McpServer = z.union([ProcessServer, HttpServer]);
export type McpServer = z.infer<typeof McpServer>;

export const McpServers = z
  .record(ServerName, McpServer)
  .refine((servers) => Object.keys(servers).length <= MAX_SERVERS, `at most ${MAX_SERVERS} servers`);

/** Nobody can ask a server what became of a call, so none of its tools is `reconcilable`. */
export const McpEffect = z.enum(['pure', 'idempotent', 'once']);
export type McpEffect = z.infer<typeof McpEffect>;

/** How long a call may take where the definition does not say. */
export const MCP_TIMEOUT_MS = 60_000;

/** What a definition says of a tool of a server, beside its policy. */
export const McpTool = z.object({
  server: z.string(),
  /** The server's own name for it, where that can't be told from the definition's. */
  tool: z.string().optional(),
  effect: McpEffect,
  timeoutMs: z.int(),
});
export type McpTool = z.infer<typeof McpTool>;

/** What an agent's definition says of servers and of their tools, by the names that the agent knows them by. */
export const McpPart = z.object({
  servers: z.record(z.string(), McpServer),
  tools: z.record(z.string(), McpTool),
});
export type McpPart = z.infer<typeof McpPart>;

/** Which tool of which server a manifest was made from, and what the server said of it then. */
export const McpSource = z.object({
  server: z.string(),
  tool: z.string(),
  descriptionHash: z.string(),
  schemaHash: z.string(),
});
export type McpSource = z.infer<typeof McpSource>;

/** All that a worker needs to know to call it. */
export const McpTarget = McpSource.extend({ effect: McpEffect, connection: McpServer });
export type McpTarget = z.infer<typeof McpTarget>;

/** A tool as a server declares it. */
export const McpDeclaration = z.object({
  name: z.string(),
  description: z.string().default(''),
  inputSchema: JsonObject,
});
export type McpDeclaration = z.infer<typeof McpDeclaration>;
