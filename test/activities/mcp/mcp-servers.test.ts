import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sourceOf } from '../../../src/activities/mcp/declaration.ts';
import { McpServers } from '../../../src/activities/mcp/mcp-servers.ts';
import type { McpEffect, McpServer, McpTarget } from '../../../src/contracts/mcp.ts';
import type { Json, JsonObject } from '../../../src/contracts/json.ts';
import { mcpCall, mcpServers, strangeServer } from '../../support/mcp/servers.ts';
import { until } from '../../support/stage.ts';

/** Processes are started, and the machine may be busy. */
const waitMs = 30_000;

describe('MCP servers that are programs', function () {
  this.timeout(60_000);
  let folder: string;
  let servers: McpServers;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'perdure-mcp-'));
    servers = mcpServers({ STRANGE_TOKEN: 'tok-12345', OPENAI_API_KEY: 'not for servers' });
  });
  afterEach(async () => {
    await servers.close();
    rmSync(folder, { recursive: true });
  });

  const lines = (file: string): string[] =>
    existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8').trim().split('\n') : [];

  async function targetOf(
    tool: string,
    effect: McpEffect = 'pure',
    connection: McpServer = strangeServer(folder),
  ): Promise<McpTarget> {
    const tools = await servers.tools({ server: 'strange', connection }, waitMs);
    const declared = tools.find(({ name }) => name === tool);
    assert.ok(declared, `there is no ${tool}`);
    return { ...sourceOf('strange', declared), effect, connection };
  }
  const ask = async (tool: string, args: JsonObject = {}, effect: McpEffect = 'pure'): Promise<Json> =>
    servers.call(await targetOf(tool, effect), args, mcpCall());

  it('answers over one process, which ends with the worker', async () => {
    assert.deepEqual(await ask('echo', { text: 'hello' }), { server: 'strange', text: 'hello' });
    await Promise.all([ask('echo', { text: '1' }), ask('echo', { text: '2' })]);
    assert.equal(lines('started').length, 1);
    assert.equal(lines('journal')[0], 'echo begins run/1/0/hash');
    const pid = Number(lines('started')[0]?.split(' ')[0]);
    await servers.close();
    await until('the process is gone', () => !isAlive(pid));
  });

  it('is quoted without its secrets, wherever what it said is cut', async () => {
    const secret = 'tökén-of-the-other-side';
    const reports: string[] = [];
    const env = { TOKEN: secret, PART: secret.slice(0, 8) };
    const talking = new McpServers({ env, report: (line) => reports.push(line) });
    for (const after of [980, 985, 990, 995, 1_000]) {
      const pieces = [...Buffer.from(`it knows ${secret} ${'x'.repeat(after)}`)];
      const script = `for (const byte of ${JSON.stringify(pieces)}) fs.writeSync(2, Buffer.of(byte))`;
      const connection = { command: process.execPath, args: ['-e', script], env: Object.keys(env) };
      await assert.rejects(talking.tools({ server: 'talker', connection }, waitMs));
    }
    await talking.close();
    assert.ok(reports.length >= 5, `${reports.length} reports`);
    for (const report of reports) {
      assert.match(report, /it said: .*x{900}/);
      assert.doesNotMatch(report, /other|side|tök|-of-/);
      assert.ok(report.length < 1_100);
    }
  });

  it('gets the variables that are named, and no others', async () => {
    const connection = { ...strangeServer(folder), env: ['STRANGE_TOKEN'] };
    await servers.tools({ server: 'strange', connection }, waitMs);
    assert.match(lines('started')[0] ?? '', /^\d+ tok-12345$/);
    await assert.rejects(
      servers.tools({ server: 's', connection: { ...connection, env: ['ABSENT'] } }, waitMs),
      {
        name: 'ToolUnavailable',
        message: 'the MCP server s needs the variable ABSENT, which is not set where the worker runs',
      },
    );
  });

  it('gives what is more than text', async () => {
    assert.deepEqual(await ask('Rich.Content'), {
      ...{ server: 'strange', structured: { total: 3 } },
      parts: [
        { type: 'image', mimeType: 'image/png', base64Chars: 4 },
        { type: 'resource_link', uri: 'file:///a', name: 'a' },
        { type: 'resource', uri: 'file:///b', text: 'inside b' },
      ],
    });
  });

  it('does not call a tool that has changed or gone, and names the change', async () => {
    const target = await targetOf('shifty');
    writeFileSync(join(folder, 'changed'), '');
    await assert.rejects(servers.call(target, { text: 'x' }, mcpCall()), {
      ...{ name: 'ToolError', type: 'Conflict' },
      message:
        'the MCP server strange has changed the tool shifty since this agent began: its arguments (now text, account). ' +
        'It was not called. An agent that starts now gets it as it is now.',
    });
    const described = { ...(await targetOf('echo')), descriptionHash: 'another' };
    await assert.rejects(servers.call(described, { text: 'x' }, mcpCall()), {
      message: /began: its description\./,
    });
    await assert.rejects(servers.call({ ...target, tool: 'gone' }, {}, mcpCall()), { type: 'NotFound' });
    assert.deepEqual(lines('journal'), []);
  });

  it('is not called by an attempt that no longer counts', async () => {
    const target = await targetOf('echo');
    const lost = mcpCall({ confirmLease: () => Promise.reject(new Error('lost')) });
    await assert.rejects(servers.call(target, { text: 'x' }, lost), /lost/);
    assert.deepEqual(lines('journal'), []);
  });

  it('hears that a call is cancelled', async () => {
    const target = await targetOf('slow');
    const cancel = new AbortController();
    const slow = servers.call(target, {}, mcpCall({ signal: cancel.signal }));
    await until('the call has begun', () => lines('journal').length === 1);
    cancel.abort(new Error('nobody waits'));
    await assert.rejects(slow, /nobody waits/);
    await until('the server knows', () => lines('journal').includes('slow is told to stop'));
  });

  it('that dies in the middle of a call leaves open what happened, where that matters', async () => {
    await assert.rejects(ask('die', {}, 'once'), {
      ...{ name: 'Error', message: /^the MCP server strange failed in the middle of the call: .*closed/i },
    });
    await assert.rejects(ask('die', {}, 'pure'), { name: 'ToolUnavailable' });
    assert.equal(lines('journal').filter((line) => line === 'die acts').length, 2);
    assert.deepEqual(await ask('echo', { text: 'again' }), { server: 'strange', text: 'again' });
    assert.equal(lines('started').length, 3, 'each time it is started anew');
  });

  it('says with an error what the model may read, cut', async () => {
    const tooLong = (error: { type: string; message: string }): boolean =>
      error.type === 'ToolFailed' && error.message.startsWith('no. IGNORE') && error.message.length < 2_100;
    await assert.rejects(ask('refuse', {}, 'once'), tooLong);
    await assert.rejects(ask('broken'), { type: 'ToolFailed', message: /a wheel came off/ });
    await assert.rejects(ask('broken', {}, 'once'), { name: 'Error', message: /a wheel came off/ });
  });

  it('may say much, but not without end', async function () {
    // Megabytes go through two processes, three times.
    this.timeout(240_000);
    const much = (await ask('huge', { chars: 2_000_000 })) as { text: string };
    assert.equal(much.text.length, 2_000_000);
    await assert.rejects(ask('huge', { chars: 4_500_000 }), {
      type: 'Invalid',
      message: /more than 4000000 bytes/,
    });
    await assert.rejects(ask('huge', { chars: 4_500_000 }, 'once'), { name: 'Error' });
  });

  it('may print garbage between its messages', async () => {
    const target = await targetOf('echo', 'pure', strangeServer(folder, 'garbage'));
    assert.deepEqual(await servers.call(target, { text: 'x' }, mcpCall()), { server: 'strange', text: 'x' });
  });

  it('are not loaded before they are used', () => {
    const script = `
      import { registerHooks } from 'node:module';
      registerHooks({
        resolve: (name, context, next) => {
          const found = next(name, context);
          console.log(found.url);
          return found;
        },
      });
      await import(${JSON.stringify(join(import.meta.dirname, '../../../src/activities/mcp/mcp-servers.ts'))});`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
      encoding: 'utf8',
    });
    assert.match(stdout, /mcp-servers/);
    assert.doesNotMatch(stdout, /@modelcontextprotocol/);
  });

  it('that can not be started, quits or says nothing is unavailable', async () => {
    const unavailable = { name: 'ToolUnavailable', message: /^the MCP server s can't be reached: / };
    for (const connection of [
      { command: 'no-such-program-anywhere', args: [], env: [] },
      strangeServer(folder, 'quits'),
      { command: process.execPath, args: ['-e', 'console.log("x".repeat(4_500_000))'], env: [] },
    ]) {
      await assert.rejects(servers.tools({ server: 's', connection }, waitMs), unavailable);
    }
    await assert.rejects(servers.tools({ server: 's', connection: strangeServer(folder, 'mute') }, 500), {
      ...{ name: 'ToolUnavailable', message: /has not answered yet/ },
    });
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
