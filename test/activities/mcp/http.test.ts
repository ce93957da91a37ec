import { strict as assert } from 'node:assert';
import { mkdtempSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sourceOf } from '../../../src/activities/mcp/declaration.ts';
import type { McpServers } from '../../../src/activities/mcp/mcp-servers.ts';
import type { McpEffect, McpTarget } from '../../../src/contracts/mcp.ts';
import { type Asked, type HttpServer, startHttpServer } from '../../support/mcp/http-server.ts';
import { mcpCall, mcpServers } from '../../support/mcp/servers.ts';

const waitMs = 20_000;
const token = 'tok-12345';

describe('MCP servers that are reached by HTTP', function () {
  this.timeout(60_000);
  let folder: string;
  let http: HttpServer;
  let servers: McpServers;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'perdure-mcp-'));
    http = await startHttpServer(folder, { json: false });
    servers = mcpServers({ CRM_TOKEN: token });
  });
  afterEach(async () => {
    await servers.close();
    await http.close();
    rmSync(folder, { recursive: true });
  });

  const connection = () => ({ url: http.url, headers: { Authorization: 'Bearer $CRM_TOKEN' } });

  async function echo(effect: McpEffect = 'pure'): Promise<McpTarget> {
    const tools = await servers.tools({ server: 'crm', connection: connection() }, waitMs);
    const declared = tools.find(({ name }) => name === 'echo');
    assert.ok(declared);
    return { ...sourceOf('crm', declared), effect, connection: connection() };
  }
  const call = (target: McpTarget) => servers.call(target, { text: 'hello' }, mcpCall());

  /** Does something else when the tool is called. */
  function whenCalled(act: (response: ServerResponse, asked: Asked) => void): void {
    http.instead = (asked, response) => {
      if (asked.rpc === 'tools/call') act(response, asked);
      return asked.rpc === 'tools/call';
    };
  }

  it('answer, and are sent the values of variables in each request', async () => {
    assert.deepEqual(await call(await echo()), { server: 'crm', text: 'hello' });
    assert.ok(http.asked.length > 3);
    for (const { headers, method } of http.asked) {
      assert.deepEqual([method, headers.authorization], ['POST', `Bearer ${token}`]);
    }
    await http.close();
    http = await startHttpServer(folder, { json: true });
    assert.deepEqual(await call(await echo()), { server: 'crm', text: 'hello' });
  });

  it('are not followed to another host', async () => {
    const elsewhere = await startHttpServer(folder, { json: true });
    try {
      http.instead = (_asked, response) => {
        response.writeHead(307, { location: elsewhere.url }).end();
        return true;
      };
      await assert.rejects(echo(), { name: 'ToolUnavailable', message: /Redirect to .* not followed/ });
      http.instead = undefined;
      const target = await echo('once');
      whenCalled((response) => response.writeHead(307, { location: elsewhere.url }).end());
      await assert.rejects(call(target), /not followed/);
      assert.deepEqual(elsewhere.asked, []);
    } finally {
      await elsewhere.close();
    }
  });

  it('are unavailable while they refuse, and what they repeat of a secret is not passed on', async () => {
    http.instead = (_asked, response) => {
      response.writeHead(401).end(`who is ${token}? ${'x'.repeat(10_000)}`);
      return true;
    };
    const refused = (error: Error): boolean =>
      error.name === 'ToolUnavailable' && error.message.includes('who is ***?') && error.message.length < 500;
    await assert.rejects(echo(), refused);
    http.instead = undefined;
    const target = await echo('once');
    whenCalled((response) => response.writeHead(403).end(token));
    await assert.rejects(call(target), { name: 'ToolUnavailable', message: /\*\*\*/ });
  });

  it('say when they want no more calls', async () => {
    const target = await echo('once');
    whenCalled((response) => response.writeHead(429, { 'retry-after': '7' }).end());
    await assert.rejects(call(target), { name: 'RateLimited', retryAfterMs: 7_000 });
  });

  for (const [how, act] of Object.entries<(response: ServerResponse) => void>({
    'an answer that is cut off': (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': hello\n\n');
      setTimeout(() => response.destroy(), 50);
    },
    'an answer that ends empty': (response) =>
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(),
    'no answer': (response) => response.destroy(),
    'an error of the server': (response) => response.writeHead(502).end('bad gateway'),
    'another kind of document': (response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<p>'),
    'more than fits': (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(`data: ${'x'.repeat(4_500_000)}\n\n`);
    },
  })) {
    it(`leave open what happened after ${how}, where that matters`, async () => {
      whenCalled(act);
      await assert.rejects(call(await echo('once')), { name: 'Error', message: /in the middle of the call/ });
      const isTooMuch = how === 'more than fits';
      await assert.rejects(call(await echo('pure')), { name: isTooMuch ? 'ToolError' : 'ToolUnavailable' });
      http.instead = undefined;
      assert.deepEqual(await call(await echo()), { server: 'crm', text: 'hello' });
    });
  }

  it('that have forgotten the session are asked for a new one', async () => {
    const target = await echo();
    let refusals = 0;
    http.instead = ({ rpc }, response) => {
      if (rpc !== 'tools/list' || refusals > 0) return false;
      refusals += 1;
      response.writeHead(404).end('no such session');
      return true;
    };
    assert.deepEqual(await call(target), { server: 'crm', text: 'hello' });
    assert.equal(refusals, 1);
  });

  it('that are gone, or have no such address, are unavailable', async () => {
    const target = await echo();
    await http.close();
    await assert.rejects(call(target), { name: 'ToolUnavailable', message: /ECONNREFUSED/ });
    http = await startHttpServer(folder, { json: false });
    const nowhere = { url: 'http://[bad', headers: {} };
    await assert.rejects(servers.tools({ server: 'crm', connection: nowhere }, waitMs), {
      name: 'ToolUnavailable',
    });
  });
});
