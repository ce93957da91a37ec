import assert from 'node:assert/strict';
import { type ClientHttp2Session, connect, createServer, type Http2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { GrpcProxy } from './grpc-proxy.ts';

interface Reply {
  readonly body: string;
  readonly status: string | undefined;
}

/** A gRPC message as it is on the wire: not compressed, four bytes of length. */
function framed(text: string): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(Buffer.byteLength(text), 1);
  return Buffer.concat([head, Buffer.from(text)]);
}

describe('the proxy before the Temporal server', () => {
  let server: Http2Server;
  let proxy: GrpcProxy;
  let client: ClientHttp2Session;
  /** What the server was asked to do and has done. */
  let done: string[];

  beforeEach(async () => {
    done = [];
    server = createServer();
    server.on('stream', (stream, headers) => {
      let text = '';
      stream.on('error', () => undefined);
      stream.on('data', (chunk: Buffer) => (text += chunk.subarray(5).toString()));
      stream.on('end', () => {
        done.push(`${headers[':path'] ?? ''} ${text}`);
        stream.respond({ ':status': 200 }, { waitForTrailers: true });
        stream.once('wantTrailers', () => {
          stream.sendTrailers({ 'grpc-status': '0' });
        });
        stream.end(framed(`did ${text}`));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo; // It listens on TCP.
    proxy = await GrpcProxy.start(() => `127.0.0.1:${port}`);
    client = connect(`http://${proxy.address}`);
    client.on('error', () => undefined);
  });
  afterEach(async () => {
    client.destroy();
    await proxy.close();
    await new Promise((resolve) => server.close(resolve));
  });

  function ask(method: string, text: string): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const request = client.request({ ':method': 'POST', ':path': `/service/${method}` });
      let body = '';
      let status: string | undefined;
      request.on('data', (chunk: Buffer) => (body += chunk.subarray(5).toString()));
      request.on('trailers', (trailers: Record<string, string>) => (status = trailers['grpc-status']));
      request.on('error', reject);
      request.on('close', () => {
        if (status === undefined) reject(new Error('no answer'));
        else resolve({ body, status });
      });
      request.end(framed(text));
    });
  }

  it('passes a call and its answer on, with what comes after the answer', async () => {
    assert.deepEqual(await ask('Act', 'it'), { body: 'did it', status: '0' });
    assert.deepEqual(done, ['/service/Act it']);
  });

  it('shows each call before and after, by its bare name and its message', async () => {
    const seen: string[] = [];
    const look =
      (side: string) =>
      ({ method, request }: { method: string; request: Buffer }): Promise<'pass'> => {
        seen.push(`${side} ${method} ${request.toString()}`);
        return Promise.resolve('pass');
      };
    proxy.passage = { before: look('before'), after: look('after') };
    await ask('Act', 'it');
    assert.deepEqual(seen, ['before Act it', 'after Act it']);
  });

  it('loses a request: the server never hears of it', async () => {
    proxy.passage = { before: () => Promise.resolve('cut') };
    await assert.rejects(ask('Act', 'it'));
    assert.deepEqual(done, []);
  });

  it('loses an acknowledgement: the server has done it and the caller does not know', async () => {
    proxy.passage = { after: () => Promise.resolve('cut') };
    await assert.rejects(ask('Act', 'it'));
    assert.deepEqual(done, ['/service/Act it']);
  });

  it('holds requests up and delivers them late', async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    proxy.block('requests', promise, 'pass');
    const asked = ask('Act', 'it');
    const doneBefore = new Promise((settled) => setTimeout(settled, 50)).then(() => [...done]);
    assert.deepEqual(await doneBefore, []);
    resolve(undefined);
    assert.equal((await asked).body, 'did it');
  });

  it('breaks the connections of what it held up, if it is told so', async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    proxy.block('answers', promise, 'cut');
    const lost = assert.rejects(ask('Act', 'it'));
    while (proxy.heldUp === 0) await new Promise((settled) => setTimeout(settled, 10));
    resolve(undefined);
    await lost;
    assert.deepEqual(done, ['/service/Act it']);
  });
});
