import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';

/** What a tool asks the owner of its effects for. */
export const EffectRequest = z.object({
  tool: z.string(),
  /** What the plan calls this effect: the same for every attempt, whatever key it comes with. */
  item: z.string(),
  agent: z.string(),
  key: z.string(),
  /** The worker that asks. */
  worker: z.string(),
  /** Whether the owner recognises a key that it has seen; otherwise it merely does what it is asked. */
  keyed: z.boolean(),
  /** How long the owner takes, in milliseconds. */
  takesMs: z.number().default(0),
});
export type EffectRequest = z.infer<typeof EffectRequest>;

const Effect = z.object({ tool: z.string(), item: z.string(), agent: z.string(), key: z.string() });
/** One effect that really happened. */
export type Effect = z.infer<typeof Effect>;

/** What may happen to a request before the effect and after it; `cut` breaks the connection there. */
export interface EffectPassage {
  readonly before?: (effect: EffectRequest) => Promise<'pass' | 'cut'>;
  readonly after?: (effect: EffectRequest) => Promise<'pass' | 'cut'>;
}

/** The world outside: does what the tools ask for and counts it in a SQLite file. It outlives every process of the product. */
export class Owner {
  passage: EffectPassage = {};
  readonly url: string;
  readonly #server: Server;
  readonly #database: DatabaseSync;
  readonly #underWay = new Map<string, number>();

  static async start(file: string): Promise<Owner> {
    const database = new DatabaseSync(file);
    database.exec(
      `PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
       CREATE TABLE effects (id INTEGER PRIMARY KEY, tool TEXT, item TEXT, agent TEXT, key TEXT) STRICT`,
    );
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Owner(server, database);
  }

  private constructor(server: Server, database: DatabaseSync) {
    this.#server = server;
    this.#database = database;
    // A server that listens on TCP has an address object; only pipes have a string.
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('request', (request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        if (!response.headersSent) response.writeHead(500);
        response.end(String(error));
      });
    });
  }

  /** Everything that happened for an agent, in order. */
  effectsOf(agent: string): Effect[] {
    const query = 'SELECT tool, item, agent, key FROM effects WHERE agent = ? ORDER BY id';
    return z.array(Effect).parse(this.#database.prepare(query).all(agent));
  }

  knows(key: string): boolean {
    return this.#database.prepare('SELECT id FROM effects WHERE key = ?').get(key) !== undefined;
  }

  /** Whether a request for it, an item or a key, is here that has not been answered yet. */
  isBusyWith(what: string): boolean {
    return (this.#underWay.get(what) ?? 0) > 0;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    this.#database.close();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'GET') {
      const key = decodeURIComponent(request.url?.slice(1) ?? '');
      response.end(JSON.stringify({ done: this.knows(key), underWay: this.isBusyWith(key) }));
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const effect = EffectRequest.parse(JSON.parse(Buffer.concat(chunks).toString()));
    const count = (change: number): void => {
      for (const what of [effect.item, effect.key])
        this.#underWay.set(what, (this.#underWay.get(what) ?? 0) + change);
    };
    count(1);
    try {
      await this.#handle(effect, response);
    } finally {
      count(-1);
    }
  }

  async #handle(effect: EffectRequest, response: ServerResponse): Promise<void> {
    if ((await this.passage.before?.(effect)) === 'cut') {
      response.destroy();
      return;
    }
    // Once the request is here the effect takes its course, whatever becomes of the caller.
    await new Promise((resolve) => setTimeout(resolve, effect.takesMs));
    this.#perform(effect);
    if ((await this.passage.after?.(effect)) === 'cut') response.destroy();
    else response.end(JSON.stringify({ done: true }));
  }

  #perform({ tool, item, agent, key, keyed }: EffectRequest): void {
    if (keyed && this.knows(key)) return;
    const insert = 'INSERT INTO effects (tool, item, agent, key) VALUES (?, ?, ?, ?)';
    this.#database.prepare(insert).run(tool, item, agent, key);
  }
}
