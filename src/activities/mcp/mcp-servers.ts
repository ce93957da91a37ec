import type { Json, JsonObject } from '../../contracts/json.ts';
import type { McpDeclaration, McpTarget } from '../../contracts/mcp.ts';
import { hashJson } from '../../core/hash.ts';
import { RateLimited, ToolUnavailable } from '../../tools/define-tool.ts';
import type { McpCall, McpPort, NamedServer } from '../ports.ts';
import type { Connection } from './connection.ts';
import { assertUnchanged } from './declaration.ts';
import { resultOf } from './result.ts';
import { troubleInCall, unavailable } from './trouble.ts';
import { type Way, wayTo } from './variables.ts';

/** Of a call's own time; the shortest timeout that a definition may give leaves some for the call itself. */
const PREPARE_MS = 8_000;
/** Each may be a process; what was not used for longest ends for a new one. */
const MAX_CONNECTIONS = 50;

export interface McpOptions {
  /** Where the variables come from that definitions name. */
  readonly env: NodeJS.ProcessEnv;
  /** Told what operators should know, in one line. */
  readonly report: (line: string) => void;
}

interface Entry {
  readonly connecting: Promise<Connection>;
  /** Ends the attempt to connect, if it is still under way. */
  readonly stop: AbortController;
  /** Calls that are under way. */
  uses: number;
  /** Nobody is to use it any more: it ends when nobody does. */
  isDropped: boolean;
}

type Ready = { readonly connection: Connection; readonly tools: McpDeclaration[] };

/**
 * Connections to servers, kept for all agents of this worker and made anew when they have ended. Nothing of the protocol is
 * loaded before the first use.
 */
export class McpServers implements McpPort {
  readonly #options: McpOptions;
  /** In the order of their last use. */
  readonly #entries = new Map<string, Entry>();

  constructor(options: McpOptions) {
    this.#options = options;
  }

  tools(named: NamedServer, waitMs: number): Promise<McpDeclaration[]> {
    return this.#use(named, waitMs, ({ tools }) => Promise.resolve(tools));
  }

  call(target: McpTarget, args: JsonObject, call: McpCall): Promise<Json> {
    return this.#use(target, PREPARE_MS, async ({ connection, tools }, way) => {
      assertUnchanged(target, tools);
      await call.confirmLease();
      try {
        return resultOf(target.server, await connection.callTool(target.tool, args, call));
      } catch (error) {
        throw troubleInCall(error, target, way);
      }
    });
  }

  async close(): Promise<void> {
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    await Promise.allSettled(entries.map(end));
  }

  /** Runs the work on a connection that has just listed its tools. One that was kept and fails at that is made anew, once. */
  async #use<Result>(
    { server, connection: given }: NamedServer,
    waitMs: number,
    work: (ready: Ready, way: Way) => Promise<Result>,
  ): Promise<Result> {
    const way = wayTo(server, given, this.#options.env);
    const id = hashJson(way);
    const deadline = performance.now() + waitMs;
    for (let isSecond = false; ; isSecond = true) {
      const wasKept = this.#entries.has(id);
      const entry = this.#entry(id, server, way);
      entry.uses += 1;
      try {
        const ready = await this.#ready(id, entry, deadline).catch((error: unknown) => {
          if (error instanceof RateLimited) throw error;
          return unavailable(server, error, way);
        });
        if (!(ready instanceof ToolUnavailable)) return await work(ready, way);
        if (!wasKept || isSecond || performance.now() >= deadline) throw ready;
      } finally {
        entry.uses -= 1;
        this.#endIfDropped(entry);
      }
    }
  }

  async #ready(id: string, entry: Entry, deadline: number): Promise<Ready> {
    // A server that is still starting is left to it: the next try may find it ready.
    const connection = await inTime(entry.connecting, deadline);
    try {
      const tools = await inTime(connection.listTools(deadline - performance.now()), deadline);
      return { connection, tools };
    } catch (error) {
      if (!(error instanceof RateLimited)) this.#drop(id, entry);
      throw error;
    }
  }

  #entry(id: string, server: string, way: Way): Entry {
    const known = this.#entries.get(id);
    this.#entries.delete(id);
    if (!known) this.#makeRoom();
    const entry = known ?? this.#open(id, server, way);
    this.#entries.set(id, entry);
    return entry;
  }

  #open(id: string, server: string, way: Way): Entry {
    const closed = (lastWords: string): void => {
      this.#drop(id, entry);
      const said = lastWords === '' ? '' : `; it said: ${lastWords}`;
      this.#options.report(`the connection to the MCP server ${server} has ended${said}`);
    };
    const stop = new AbortController();
    const connecting = import('./connection.ts').then(({ Connection }) =>
      Connection.open(way, stop.signal, closed),
    );
    const entry: Entry = { connecting, stop, uses: 0, isDropped: false };
    connecting.catch(() => {
      this.#drop(id, entry);
    });
    return entry;
  }

  #drop(id: string, entry: Entry): void {
    if (this.#entries.get(id) === entry) this.#entries.delete(id);
    entry.isDropped = true;
    this.#endIfDropped(entry);
  }

  #endIfDropped(entry: Entry): void {
    if (entry.isDropped && entry.uses === 0) end(entry).catch(() => undefined);
  }

  #makeRoom(): void {
    if (this.#entries.size < MAX_CONNECTIONS) return;
    const idle = [...this.#entries].find(([, { uses }]) => uses === 0);
    if (!idle)
      throw new ToolUnavailable(`this worker is connected to ${MAX_CONNECTIONS} MCP servers, all in use`);
    this.#drop(...idle);
  }
}

async function end({ connecting, stop }: Entry): Promise<void> {
  stop.abort();
  await (await connecting).close();
}

async function inTime<Result>(work: Promise<Result>, deadline: number): Promise<Result> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(new Error('it has not answered yet'));
  }, deadline - performance.now());
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
