import { StringDecoder } from 'node:string_decoder';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import {
  StreamableHTTPClientTransport,
  StreamableHTTPError,
} from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { RequestOptions } from '@modelcontextprotocol/sdk/shared/protocol.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import {
  type CallToolResult,
  CallToolResultSchema,
  ErrorCode,
  ListToolsResultSchema,
  McpError,
} from '@modelcontextprotocol/sdk/types.js';
import type * as z from 'zod';
import type { JsonObject } from '../../contracts/json.ts';
import { McpDeclaration } from '../../contracts/mcp.ts';
import { isTooDeep } from '../../contracts/payload-converter.ts';
import { ToolError } from '../../tools/define-tool.ts';
import { boundedFetch, hearing, MAX_MESSAGE_BYTES, TooLarge } from './bounded-fetch.ts';
import { Refused, Reported } from './trouble.ts';
import { type Way, withoutSecrets } from './variables.ts';

/** A program that is fetched before it runs takes long, and nobody is held up by it for all of that time. */
const CONNECT_MS = 60_000;
/** Longer than any step may take: the step's own end is what ends a call. */
const CALL_MS = 2 * 3_600_000;
/** A stream that ended may be taken up again, which the SDK tries after a second. */
const RESUME_MS = 5_000;
const MAX_PAGES = 20;
const MAX_TOOLS = 1_000;
/** No list that is meant for a model comes near it; a schema is compared and compiled by recursion. */
const MAX_DEPTH = 40;
/** What a program said last on its standard error explains why it ended. */
const KEPT_CHARS = 1_000;

export interface CallOptions {
  readonly key: string;
  readonly signal: AbortSignal;
  readonly progress: (details: string) => void;
}

interface State {
  tooLarge: boolean;
  /** Requests in flight. */
  asking: number;
}

/** A server that has answered. Errors are as they come, except those that say that nothing was done. */
export class Connection {
  readonly #client: Client;
  readonly #state: State;

  private constructor(client: Client, state: State) {
    this.#client = client;
    this.#state = state;
  }

  /** Resolves when the server has introduced itself, unless told to stop; `closed` is called at its end, with what it said last, but no secrets. */
  static async open(way: Way, stop: AbortSignal, closed: (lastWords: string) => void): Promise<Connection> {
    const client = new Client({ name: 'perdure', version: '1' }, { capabilities: {} });
    const state = { tooLarge: false, asking: 0 };
    const { transport, lastWords } = transportOf(way);
    client.onerror = (error) => {
      // Whatever else goes wrong shows in the requests; garbage between messages is skipped.
      // Of several requests nobody can know whose answer it was: they are tried again, and the one that was too large is alone at last.
      if (error.message.startsWith('ReadBuffer exceeded')) state.tooLarge = state.asking <= 1;
    };
    client.onclose = () => {
      closed(lastWords());
    };
    try {
      await client.connect(transport, { timeout: CONNECT_MS, signal: stop });
    } catch (error) {
      await client.close().catch(() => undefined);
      throw error;
    }
    return new Connection(client, state);
  }

  /** All tools that the server has now. */
  async listTools(timeout: number): Promise<McpDeclaration[]> {
    const tools: McpDeclaration[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const params = cursor === undefined ? {} : { cursor };
      const found = await this.#ask({ method: 'tools/list', params }, ListToolsResultSchema, { timeout });
      if (isTooDeep(found.tools, MAX_DEPTH)) throw new Error('its list of tools is nested too deeply');
      tools.push(...found.tools.map((tool) => McpDeclaration.parse(tool)));
      if (tools.length > MAX_TOOLS) break;
      cursor = found.nextCursor;
      if (cursor === undefined) return tools;
    }
    throw new Error(`it lists more than ${MAX_TOOLS} tools, or more than ${MAX_PAGES} pages of them`);
  }

  async callTool(name: string, args: JsonObject, options: CallOptions): Promise<CallToolResult> {
    const { key, signal, progress } = options;
    const params = { name, arguments: args, _meta: { 'perdure/idempotency-key': key } };
    try {
      return await this.#ask({ method: 'tools/call', params }, CallToolResultSchema, {
        ...{ signal, timeout: CALL_MS },
        onprogress: ({ message, progress: done, total }) => {
          progress(message ?? `${done}${total === undefined ? '' : ` of ${total}`}`);
        },
      });
    } catch (error) {
      throw this.#meaningOf(error);
    }
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  async #ask<Schema extends z.ZodType>(
    request: { method: string; params: Record<string, unknown> },
    schema: Schema,
    options: RequestOptions,
  ): Promise<z.output<Schema>> {
    const given = new AbortController();
    const cut = Promise.withResolvers<never>();
    let timer: NodeJS.Timeout | undefined;
    const heard = {
      ended: (error?: Error) => {
        const end = () => {
          cut.reject(error ?? new Error('the connection ended in the middle of the answer'));
          given.abort();
        };
        timer = setTimeout(end, error === undefined ? RESUME_MS : 0);
      },
      resumed: () => {
        clearTimeout(timer);
      },
    };
    const signals = [given.signal, ...(options.signal ? [options.signal] : [])];
    const ask = () => this.#client.request(request, schema, { ...options, signal: AbortSignal.any(signals) });
    this.#state.asking += 1;
    try {
      return await Promise.race([hearing.run(heard, ask), cut.promise]);
    } finally {
      this.#state.asking -= 1;
      clearTimeout(timer);
    }
  }

  #meaningOf(error: unknown): unknown {
    if (this.#state.tooLarge) return new TooLarge();
    if (error instanceof StreamableHTTPError) {
      const { code = 0 } = error;
      return code >= 400 && code < 500 ? new Refused(error.message) : error;
    }
    if (!(error instanceof McpError)) return error;
    const isRefused = [ErrorCode.InvalidParams, ErrorCode.MethodNotFound, ErrorCode.InvalidRequest];
    if (isRefused.some((code: number) => code === error.code)) return new ToolError('Invalid', error.message);
    // These two are the SDK's own, for what it did not hear.
    const isSilence = [ErrorCode.ConnectionClosed, ErrorCode.RequestTimeout];
    return isSilence.some((code: number) => code === error.code) ? error : new Reported(error.message);
  }
}

function transportOf(way: Way): { transport: Transport; lastWords: () => string } {
  if (way.type === 'http') {
    const { url, headers } = way;
    // Redirects are followed within the origin only, which is the SDK's default and tested here.
    const transport = new StreamableHTTPClientTransport(new URL(url), {
      fetch: boundedFetch,
      requestInit: { headers },
    });
    return { transport, lastWords: () => '' };
  }
  const { command, args, env, secrets } = way;
  // Beside its own variables a program gets what any would need (PATH, HOME, …), not the worker's environment.
  const transport = new StdioClientTransport({
    ...{ command, args, env, stderr: 'pipe' as const, maxBufferSize: MAX_MESSAGE_BYTES },
  });
  const longest = Math.max(0, ...secrets.map(({ length }) => length));
  const keptChars = KEPT_CHARS + 2 * longest;
  const decoder = new StringDecoder('utf8');
  let said = '';
  transport.stderr?.on('data', (chunk: Buffer) => {
    said = (said + decoder.write(chunk)).slice(-keptChars);
  });
  const lastWords = (): string => {
    const words = withoutSecrets(said, way);
    // Where the beginning is cut away there may be the rest of a secret, which nobody can tell from other words.
    return words
      .slice(said.length < keptChars ? 0 : longest)
      .slice(-KEPT_CHARS)
      .trim();
  };
  return { transport, lastWords };
}
