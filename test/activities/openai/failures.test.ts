import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { ApplicationFailure } from '@temporalio/common';
import { failureOf } from './failure-of.ts';
import { ask, FakeServer, json, raw } from './fake-server.ts';

const server = new FakeServer();

describe('failures of a model call', () => {
  server.serve();

  const statuses: [number, string, 'retried' | 'not retried'][] = [
    [400, 'ModelRejected', 'not retried'],
    [401, 'ModelAuthentication', 'not retried'],
    [402, 'ModelAuthentication', 'not retried'],
    [403, 'ModelAuthentication', 'not retried'],
    [404, 'ModelNotFound', 'not retried'],
    [405, 'ModelNotFound', 'not retried'],
    [408, 'ModelTimeout', 'retried'],
    [409, 'ModelUnavailable', 'retried'],
    [410, 'ModelNotFound', 'not retried'],
    [413, 'ContextTooLong', 'not retried'],
    [415, 'ModelRejected', 'not retried'],
    [422, 'ModelRejected', 'not retried'],
    [423, 'ModelUnavailable', 'retried'],
    [425, 'ModelUnavailable', 'retried'],
    [429, 'ModelRateLimited', 'not retried'],
    [499, 'ModelUnavailable', 'retried'],
    [500, 'ModelUnavailable', 'retried'],
    [501, 'ModelUnavailable', 'retried'],
    [502, 'ModelUnavailable', 'retried'],
    [503, 'ModelUnavailable', 'retried'],
    [504, 'ModelUnavailable', 'retried'],
    [529, 'ModelUnavailable', 'retried'],
  ];
  for (const [status, type, retried] of statuses) {
    it(`status ${status} is ${type}, ${retried}`, async () => {
      server.answers = [json({ error: { message: 'because of this' } }, status)];
      const failure = await failureOf(ask(server));
      assert.equal(failure.type, type);
      assert.equal(failure.nonRetryable, retried === 'not retried');
      assert.match(failure.message, /test-model at 127\.0\.0\.1:\d+: status \d+: because of this/);
      assert.equal(server.asked.length, 1, 'the adapter itself never retries');
    });
  }

  const words: [string, number, unknown, string][] = [
    [
      'a context too long by its code',
      400,
      { error: { message: 'x', code: 'context_length_exceeded' } },
      'ContextTooLong',
    ],
    [
      'a context too long by its text',
      400,
      { error: { message: 'maximum context length is 8192 tokens' } },
      'ContextTooLong',
    ],
    [
      'a context too long without an envelope',
      400,
      { object: 'error', message: 'prompt is too long', code: 400 },
      'ContextTooLong',
    ],
    [
      'a used up quota',
      429,
      { error: { message: 'x', type: 'insufficient_quota', code: 'insufficient_quota' } },
      'ModelAuthentication',
    ],
    [
      'a request over the limit of a minute',
      429,
      { error: { message: 'Request too large for m' } },
      'ContextTooLong',
    ],
    [
      'a wrong key with status 400',
      400,
      [{ error: { message: 'API key not valid', code: 400 } }],
      'ModelAuthentication',
    ],
    ['an unknown model with status 400', 400, { error: 'model "x" does not exist' }, 'ModelNotFound'],
    [
      'a refusal in the words of another framework',
      422,
      { detail: [{ loc: ['body', 'messages'], msg: 'required' }] },
      'ModelRejected',
    ],
  ];
  for (const [title, status, body, type] of words) {
    it(`${title} is ${type}`, async () => {
      server.answers = [json(body, status)];
      assert.equal((await failureOf(ask(server))).type, type);
    });
  }

  const day = 24 * 60 * 60 * 1000;
  const waits: [Record<string, string>, number | undefined][] = [
    [{ 'retry-after': '7' }, 7000],
    [{ 'retry-after': '0.5' }, 500],
    [{ 'retry-after-ms': '1234', 'retry-after': '9' }, 1234],
    [{ 'retry-after': 'Thu, 01 Jan 1970 00:00:00 GMT' }, 0],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': '99999999999' }, day],
    [{ 'retry-after': '9'.repeat(400) }, day],
    [{ 'retry-after': 'Fri, 31 Dec 9999 23:59:59 GMT' }, day],
    // The server's clock is years behind; what counts is what it means.
    [{ 'retry-after': 'Sun, 06 Nov 1994 08:50:37 GMT', date: 'Sun, 06 Nov 1994 08:49:37 GMT' }, 60_000],
    ...['soon', '-5', '', ' ', '1e3', 'Infinity', 'NaN', 'later 1', '5 minutes', '2026-02'].map(
      (garbage): [Record<string, string>, undefined] => [{ 'retry-after': garbage }, undefined],
    ),
    [{ 'retry-after': 'garbage', 'x-ratelimit-reset-requests': '30s' }, 30_000],
    [{ 'x-ratelimit-reset-requests': '-3s', 'x-ratelimit-reset-tokens': 'never' }, undefined],
    [{ 'x-ratelimit-reset-requests': '1h2m3.5s', 'x-ratelimit-reset-tokens': '120ms' }, 3_723_500],
    [
      {
        'x-ratelimit-reset-requests': '6m0s',
        'x-ratelimit-reset-tokens': '20s',
        'x-ratelimit-remaining-tokens': '0',
      },
      20_000,
    ],
  ];
  for (const [headers, retryAfterMs] of waits) {
    it(`a rate limit with ${JSON.stringify(headers)} ${retryAfterMs === undefined ? 'does not say how long' : `asks to wait ${retryAfterMs} ms`}`, async () => {
      server.answers = [json({ error: { message: 'slow down' } }, 429, headers)];
      const asked = retryAfterMs === undefined ? {} : { retryAfterMs };
      assert.deepEqual((await failureOf(ask(server))).details, [{ ...asked, otherModels: true }]);
    });
  }

  it('a rate limit with a date asks to wait until then', async () => {
    const date = new Date(Date.now() + 3_600_000).toUTCString();
    server.answers = [json({}, 429, { 'retry-after': date })];
    const [detail] = (await failureOf(ask(server))).details as [{ retryAfterMs: number }];
    assert.ok(detail.retryAfterMs > 3_000_000 && detail.retryAfterMs <= 3_600_000);
  });

  it('an unavailable server that says when to come back delays the retry', async () => {
    server.answers = [json({}, 503, { 'retry-after': '3' })];
    const failure = await failureOf(ask(server));
    assert.deepEqual(failure.details, [{ retryAfterMs: 3000 }]);
    assert.equal(failure.nextRetryDelay, 3000);
    assert.equal(failure.nonRetryable, false);
  });

  it('an unavailable server that wants to be left alone for long is not retried in silence', async () => {
    server.answers = [json({}, 503, { 'retry-after': '600' })];
    await assert.rejects(ask(server), {
      ...{ type: 'ModelUnavailable', nonRetryable: true, nextRetryDelay: undefined },
      details: [{ retryAfterMs: 600_000 }],
    });
  });

  it('an error page is quoted, not parsed, and not in full', async () => {
    const page = `<html>Bad gateway${'x'.repeat(200_000)}`;
    server.answers = [raw(page, { 'content-type': 'text/html' }, 502)];
    const failure = await failureOf(ask(server));
    assert.equal(failure.type, 'ModelUnavailable');
    assert.ok(failure.message.includes('Bad gateway') && failure.message.length <= 2000);
  });

  it('an error whose explanation breaks off is told by its status', async () => {
    server.answers = [
      (response) => {
        response.writeHead(429, { 'content-type': 'application/json', 'retry-after': '2' });
        response.write('{"error": {"mess', () => setTimeout(() => response.destroy(), 20));
      },
    ];
    const failure = await failureOf(ask(server));
    assert.equal(failure.type, 'ModelRateLimited');
    assert.deepEqual(failure.details, [{ retryAfterMs: 2000, otherModels: true }]);
  });

  it('never shows the key', async () => {
    const apiKey = 'secret-key-of-mine';
    server.answers = [json({ error: { message: `wrong key ${apiKey}, or was it sk-abc***xyz1?` } }, 401)];
    const failure = await failureOf(ask(server, {}, { apiKey }));
    assert.equal(server.asked[0]?.headers.authorization, `Bearer ${apiKey}`);
    assert.match(failure.message, /wrong key \[key\], or was it \[key\]\?/);
    assert.ok(!JSON.stringify([failure, failure.stack, failure.cause]).includes(apiKey));
  });

  it('takes no word apart because a key for a server that asks for none is in it', async () => {
    server.answers = [json({ error: { message: 'context too long' } }, 400)];
    assert.match((await failureOf(ask(server, {}, { apiKey: 'x' }))).message, /context too long/);
  });

  const unreadable: [string, (response: ServerResponse) => void, RegExp][] = [
    ['no HTTP', (response) => void response.socket?.end('SSH-2.0-hello\r\n'), /HTTP\/1\.1 protocol/],
    ['redirects without end', (response) => response.writeHead(307, { location: '/v1' }).end(), /redirect/],
    ['a status that has no body', (response) => response.writeHead(304).end(), /status 304/],
    [
      'a status that there is not',
      (response) => void response.socket?.end('HTTP/1.1 600 Odd\r\nContent-Length: 2\r\n\r\n{}'),
      /status 600/,
    ],
  ];
  for (const [what, answer, says] of unreadable) {
    it(`${what} is named`, async () => {
      server.answers = Array.from({ length: 30 }, () => answer);
      assert.match((await failureOf(ask(server))).message, says);
    });
  }

  it('a reason phrase in any letters hides nothing', async () => {
    server.answers = [
      (response) => {
        const body = '{"error":{"message":"slow down"}}';
        response.socket?.end(
          `HTTP/1.1 429 请求过多\r\nRetry-After: 60\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
        );
      },
    ];
    const failure = await ask(server).catch((error: unknown) => error);
    assert.ok(failure instanceof ApplicationFailure);
    assert.deepEqual(
      [failure.type, failure.details?.[0]],
      ['ModelRateLimited', { retryAfterMs: 60_000, otherModels: true }],
    );
  });

  it('a missing key for OpenAI itself fails without asking and says what to do', async () => {
    const failure = await failureOf(ask(server, {}, { baseUrl: '' }));
    assert.equal(failure.type, 'ModelAuthentication');
    assert.match(failure.message, /set OPENAI_API_KEY/);
  });

  it('a key that no header can carry fails without showing it', async () => {
    const failure = await failureOf(ask(server, {}, { apiKey: 'my\nsecret' }));
    assert.equal(failure.type, 'ModelAuthentication');
    assert.ok(!failure.message.includes('secret'));
  });

  for (const baseUrl of ['localhost:8000', 'ftp://host/v1', 'http://me:secret@host/v1']) {
    it(`refuses the base URL ${baseUrl} at once`, async () => {
      const failure = await failureOf(ask(server, {}, { baseUrl }));
      assert.equal(failure.type, 'Invalid');
      assert.match(failure.message, /OPENAI_BASE_URL/);
      assert.ok(!failure.message.includes('secret'));
    });
  }

  it('a refused connection is ModelUnavailable and names the host', async () => {
    const failure = await failureOf(ask(server, {}, { baseUrl: 'http://127.0.0.1:1/v1' }));
    assert.equal(failure.type, 'ModelUnavailable');
    // Port 1 is also one that fetch refuses by itself on some platforms.
    assert.match(failure.message, /at 127\.0\.0\.1:1: the connection failed/);
  });

  it('a host that does not exist is ModelUnavailable', async () => {
    const failure = await failureOf(ask(server, {}, { baseUrl: 'http://no-such-host.invalid/v1' }));
    assert.equal(failure.type, 'ModelUnavailable');
    assert.match(failure.message, /no-such-host\.invalid/);
  });

  it('plain HTTP where TLS was asked for is ModelUnavailable', async () => {
    const failure = await failureOf(ask(server, {}, { baseUrl: `https://127.0.0.1:${server.port}/v1` }));
    assert.equal(failure.type, 'ModelUnavailable');
  });
});
