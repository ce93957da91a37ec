import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { type EventSource, streamEvents } from '../../../src/client/admin/streams/event-stream.ts';
import { readEvents } from '../../support/events.ts';
import { until } from '../../support/stage.ts';

describe('a stream of events', () => {
  let server: Server;
  let over: Promise<void> | undefined;
  const stopping = new AbortController();

  const connections = (): Promise<number> =>
    new Promise((resolve, reject) => {
      server.getConnections((error, count) => {
        if (error) reject(error);
        else resolve(count);
      });
    });

  async function serve(source: EventSource, begin?: Promise<unknown>): Promise<string> {
    const app = express();
    app.get('/', async (request, response) => {
      await begin;
      over = streamEvents(request, response, source, { mayGoOn: () => true, stop: stopping.signal });
    });
    over = undefined;
    server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    // A server that listens on TCP has an address object; only pipes have a string.
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }

  afterEach(() => new Promise((resolve) => server.close(resolve)));

  it('waits for a reader that takes all of a long list, and tells it to the end', async () => {
    const url = await serve(async (send, _signal, taken) => {
      for (let number = 0; number < 3_000; number += 1) {
        send({ event: 'agent', data: { number, text: 'x'.repeat(1_000) } });
        if (number % 100 === 99) await taken();
      }
    });
    const text = await (await fetch(url)).text();
    assert.match(text, /"number":2999/);
    await over;
  });

  it('cuts a reader off that takes nothing', async () => {
    const url = await serve((send, signal) => {
      while (!signal.aborted) send({ event: 'agent', data: 'x'.repeat(10_000) });
      return Promise.resolve();
    });
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    socket.pause();
    await until('nobody is connected', async () => (await connections()) === 0);
    socket.destroy();
    await over;
  });

  it('is over for whoever left before it began', async () => {
    const begin = Promise.withResolvers<unknown>();
    let asked = false;
    const url = await serve(() => {
      asked = true;
      return new Promise(() => undefined);
    }, begin.promise);
    const leaving = new AbortController();
    const reading = fetch(url, { signal: leaving.signal }).catch(() => undefined);
    await until('it is connected', async () => (await connections()) > 0);
    leaving.abort();
    await reading;
    await until('it has left', async () => (await connections()) === 0);
    begin.resolve(undefined);
    await until('the stream is over', () => over !== undefined);
    await over;
    assert.equal(asked, false);
  });

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
