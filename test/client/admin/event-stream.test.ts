import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { type EventSource, streamEvents } from '../../../src/client/admin/streams/event-stream.ts';
import { readEvents } from '../../support/events.ts';

describe('a stream of events', () => {
  let server: Server;
  let over: Promise<void>;
  const stopping = new AbortController();

  async function serve(source: EventSource): Promise<string> {
    const app = express();
    app.get('/', (request, response) => {
      over = streamEvents(request, response, source, { mayGoOn: () => true, stop: stopping.signal });
    });
    server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    // A server that listens on TCP has an address object; only pipes have a string.
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }

  afterEach(() => new Promise((resolve) => server.close(resolve)));

  it('ends when the server stops, also while its source waits for what never comes', async () => {
    const asked = new AbortController();
    const url = await serve(() => {
      asked.abort();
      return new Promise(() => undefined);
    });
    const reading = await readEvents(url, 'none');
    if (!asked.signal.aborted) await once(asked.signal, 'abort');
    stopping.abort();
    await over;
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(reading.status, 200);
  });
});
