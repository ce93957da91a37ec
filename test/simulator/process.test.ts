import assert from 'node:assert/strict';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { createModelServer } from '../../src/simulator/model-server.ts';

const main = resolve(import.meta.dirname, '../../src/simulator/main.ts');

type Child = ChildProcessByStdio<null, Readable, Readable>;

function start(environment: Record<string, string>): Child {
  const env = {
    ...process.env,
    PERDURE_SIMULATOR_PORT: '0',
    PERDURE_SIMULATOR_DELAY_MS: '0',
    ...environment,
  };
  return spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'pipe'] });
}

async function urlOf(child: Child): Promise<string> {
  for await (const chunk of child.stdout) {
    const match = /^simulator listening on (http:\/\/127\.0\.0\.1:\d+\/v1)\n$/.exec(String(chunk));
    assert.ok(match?.[1] !== undefined, `printed ${String(chunk)}`);
    return match[1];
  }
  throw new Error('ended without a line');
}

async function failure(environment: Record<string, string>): Promise<{ code: unknown; lines: string[] }> {
  const child = start(environment);
  const [said] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  return { code: child.exitCode, lines: said.trimEnd().split('\n') };
}

describe('the simulator as a process', () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`says where it listens, answers, and stops on ${signal}`, async () => {
      const child = start({});
      const exited = once(child, 'exit');
      const url = await urlOf(child);
      const health = await fetch(new URL('/healthz', url));
      assert.equal(health.status, 200);
      child.kill(signal);
      assert.deepEqual(await exited, [0, null]);
    });
  }

  it('says in one line that its port is taken', async () => {
    const other = await createModelServer(() => ({}));
    try {
      const { code, lines } = await failure({ PERDURE_SIMULATOR_PORT: String(other.port) });
      assert.equal(code, 1);
      assert.deepEqual(lines.length, 1);
      assert.match(lines[0] ?? '', new RegExp(`port ${other.port} is taken`));
    } finally {
      await other.close();
    }
  });

  it('says in one line what is wrong with its settings', async () => {
    const { code, lines } = await failure({ PERDURE_SIMULATOR_PORT: 'many' });
    assert.equal(code, 1);
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? '', /PERDURE_SIMULATOR_PORT/);
  });

  it('plays a script from a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'simulator-'));
    const file = join(folder, 'script.json');
    try {
      writeFileSync(file, JSON.stringify([{ reply: { text: 'from the file' } }]));
      const child = start({ PERDURE_SIMULATOR_SCRIPT: file });
      const exited = once(child, 'exit');
      const url = await urlOf(child);
      const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Go.' }] });
      const reply = await fetch(`${url}/chat/completions`, { method: 'POST', body });
      assert.match(await reply.text(), /from the file/);
      const report = await fetch(new URL('/script', url));
      assert.deepEqual(await report.json(), { remaining: 0, unexpected: [] });
      child.kill('SIGTERM');
      await exited;
      writeFileSync(file, '[{ "fault": "no_such" }]');
      const wrong = await failure({ PERDURE_SIMULATOR_SCRIPT: file });
      assert.equal(wrong.code, 1);
      assert.match(wrong.lines[0] ?? '', /step \[0/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
