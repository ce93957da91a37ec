import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { type Listening, listen } from '../../../src/client/admin/listen.ts';

describe('what the admin server does with connections', () => {
  let server: Listening;

  before(async () => {
    const soon = { requestTimeout: 200, headersTimeout: 200, connectionsCheckingInterval: 50 };
    server = await listen(
      (_request, response) => response.end('here'),
      { PERDURE_ADMIN_HOST: '127.0.0.1', PERDURE_ADMIN_PORT: 0 },
      soon,
    );
  });
  after(async () => {
    server.stop();
    await server.stopped;
  });

  /** All that comes until the server ends the connection. */
  async function answerTo(sent: string): Promise<string> {
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    socket.write(sent);
    return text(socket);
  }

  /** The headers are in order, and the body is all there. */
  function problemIn(answer: string): { status: string | undefined; code: unknown } {
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    assert.match(head, /^content-type: application\/problem\+json$/im);
    assert.match(head, new RegExp(`^content-length: ${Buffer.byteLength(body)}$`, 'im'));
    const { code } = JSON.parse(body) as { code?: unknown };
    return { status: /^HTTP\/1\.1 (\d+)/.exec(head)?.[1], code };
  }

  it('says nothing where nobody has asked: it could be taken for the answer to what is just being sent', async () => {
    assert.equal(await answerTo(''), '');
  });

  it('says of a request that does not end that it has waited long enough', async () => {
    for (const part of ['GET / HT', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Le'])
      assert.deepEqual(problemIn(await answerTo(part)), { status: '408', code: 'RequestTimeout' });
  });

  it('says of what is no HTTP that it is none', async () => {
    assert.deepEqual(problemIn(await answerTo('SSH-2.0-hello\r\n\r\n')), { status: '400', code: 'Invalid' });
  });

  it('answers everybody else', async () => {
    assert.equal(await (await fetch(server.url)).text(), 'here');
  });
});
