import {
  type ClientHttp2Session,
  connect,
  constants,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

/** One request to the Temporal server, as it passes by. */
export interface GrpcCall {
  /** The method's bare name, such as `RespondActivityTaskCompleted`. */
  readonly method: string;
  /** The protobuf message of the request. */
  readonly request: Buffer;
}

/**
 * What may happen to a request on its way (`before`) and to its answer (`after`); each may take its time. `cut` breaks the
 * connection there: before, the server never hears of it; after, the server has done it and the caller never learns.
 */
export interface Passage {
  readonly before?: (call: GrpcCall) => Promise<'pass' | 'cut'>;
  readonly after?: (call: GrpcCall) => Promise<'pass' | 'cut'>;
}

export type Direction = 'requests' | 'answers' | 'both';

interface Answer {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly trailers: IncomingHttpHeaders | undefined;
}

/**
 * Stands between one process and the Temporal server. It speaks HTTP/2 on both sides, because what matters is which call is
 * lost: a proxy of bytes can't tell a poll from a result. Requests and answers are passed on whole.
 */
export class GrpcProxy {
  readonly port: number;
  passage: Passage = {};
  /** How many requests and answers have had to wait so far. */
  heldUp = 0;
  readonly #server: Http2Server;
  readonly #target: () => string;
  readonly #sessions = new Map<ServerHttp2Session, ClientHttp2Session>();
  readonly #blocked: Record<'requests' | 'answers', Promise<'pass' | 'cut'> | undefined> = {
    requests: undefined,
    answers: undefined,
  };

  /** `target` is asked for each connection: a server that was restarted may be elsewhere. */
  static async start(target: () => string): Promise<GrpcProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new GrpcProxy(server, target);
  }

  private constructor(server: Http2Server, target: () => string) {
    this.#server = server;
    this.#target = target;
    // A server that listens on TCP has an address object; only pipes have a string.
    this.port = (server.address() as AddressInfo).port;
    server.on('session', (session) => {
      this.#open(session);
    });
    server.on('stream', (stream, headers) => {
      this.#carry(stream, headers).catch(() => {
        stream.close(constants.NGHTTP2_INTERNAL_ERROR);
      });
    });
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Breaks every connection at once; new ones are possible. */
  cut(): void {
    for (const [session, onward] of this.#sessions) {
      session.destroy();
      onward.destroy();
    }
  }

  /** Nothing passes in this direction until `until`; what waited is then delivered late, or lost with its connection. */
  block(direction: Direction, until: Promise<void>, then: 'pass' | 'cut'): void {
    for (const part of direction === 'both' ? (['requests', 'answers'] as const) : [direction]) {
      const gate = until.then(() => {
        if (this.#blocked[part] === gate) this.#blocked[part] = undefined;
        return then;
      });
      this.#blocked[part] = gate;
    }
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #open(session: ServerHttp2Session): void {
    const onward = connect(`http://${this.#target()}`);
    this.#sessions.set(session, onward);
    // A connection that breaks on one side breaks on the other.
    const over = (): void => {
      this.#sessions.delete(session);
      session.destroy();
      onward.destroy();
    };
    for (const side of [session, onward]) {
      side.on('error', over);
      side.on('close', over);
      side.on('goaway', over);
    }
  }

  async #carry(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
    stream.on('error', () => undefined);
    const { session } = stream;
    const onward = session ? this.#sessions.get(session as ServerHttp2Session) : undefined; // It came in by this server.
    const body = await readAll(stream);
    const call = { method: (headers[':path'] ?? '').split('/').at(-1) ?? '', request: messageIn(body) };
    if (!(await this.#passes('requests', this.passage.before, call))) {
      session?.destroy();
      return;
    }
    if (onward === undefined || onward.destroyed || stream.destroyed) return;
    const answer = await ask(onward, headers, body, stream);
    if (!(await this.#passes('answers', this.passage.after, call))) {
      session?.destroy();
      return;
    }
    reply(stream, answer);
  }

  async #passes(part: 'requests' | 'answers', hook: Passage['before'], call: GrpcCall): Promise<boolean> {
    const gate = this.#blocked[part];
    if (gate) this.heldUp += 1;
    if ((await gate) === 'cut') return false;
    return (await hook?.(call)) !== 'cut';
  }
}

/** A gRPC message has a flag that says whether it is compressed and four bytes of length before it. */
function messageIn(body: Buffer): Buffer {
  const message = body.subarray(5);
  return body[0] === 1 ? gunzipSync(message) : message;
}

async function readAll(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function ask(
  onward: ClientHttp2Session,
  headers: IncomingHttpHeaders,
  body: Buffer,
  caller: ServerHttp2Stream,
): Promise<Answer> {
  const request = onward.request(headers, { endStream: false });
  // A poll whose caller is gone must not take a task with it.
  const giveUp = (): void => {
    request.close(constants.NGHTTP2_CANCEL);
  };
  caller.once('close', giveUp);
  let trailers: IncomingHttpHeaders | undefined;
  request.once('trailers', (received: IncomingHttpHeaders) => (trailers = received));
  const answered = new Promise<IncomingHttpHeaders>((resolve, reject) => {
    request.once('response', resolve);
    request.once('error', reject);
    request.once('close', () => {
      reject(new Error('closed without an answer'));
    });
  });
  request.end(body);
  const received = await answered;
  const content = await readAll(request);
  caller.off('close', giveUp);
  return { headers: received, body: content, trailers };
}

function reply(stream: ServerHttp2Stream, { headers, body, trailers }: Answer): void {
  // The caller may have gone meanwhile.
  if (stream.destroyed) return;
  if (trailers === undefined) {
    stream.respond(headers, { endStream: body.length === 0 });
    if (body.length > 0) stream.end(body);
    return;
  }
  stream.respond(headers, { waitForTrailers: true });
  stream.once('wantTrailers', () => {
    stream.sendTrailers(trailers);
  });
  stream.end(body);
}
