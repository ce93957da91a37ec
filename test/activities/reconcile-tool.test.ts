import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import * as z from 'zod';
import { openArtifacts } from '../../src/activities/file-artifacts.ts';
import { reconcileTool } from '../../src/activities/reconcile-tool.ts';
import type { Reconciliation } from '../../src/contracts/tool.ts';
import {
  defineTool,
  RateLimited,
  type Tool,
  ToolError,
  ToolUnavailable,
} from '../../src/tools/define-tool.ts';
import { openLedger } from '../../src/tools/ledger.ts';

import { mcpServers } from '../support/mcp/servers.ts';
import { memoriesIn } from '../support/memories.ts';
import { openWorkspace } from '../../src/tools/workspace.ts';

const input = z.strictObject({ what: z.string() });
const output = z.object({ number: z.string() });
type Answer = Extract<Tool<typeof input, typeof output>, { effect: 'reconcilable' }>['reconcile'];

describe('asking a tool what became of a call', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'perdure-reconcile-'));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  async function ask(reconcile: Answer): Promise<Reconciliation> {
    const tool = defineTool({
      ...{ name: 'order', description: 'orders', effect: 'reconcilable', timeoutMs: 1_000, input, output },
      run: () => Promise.resolve({ number: 'never asked for here' }),
      reconcile,
    });
    const resources = {
      workspace: openWorkspace(folder),
      ledger: openLedger(':memory:'),
      now: () => new Date(),
    };
    const host = {
      ...{ tools: new Map([['order', tool]]), artifacts: openArtifacts(folder), resources },
      ...{ memories: memoriesIn(), mcp: mcpServers() },
    };
    const call = { agentId: 'a', turn: 1, index: 0, tool: 'order', args: { what: 'x' }, key: 'k' };
    // The environment's own type forgets what the activity returns.
    const found: unknown = await new MockActivityEnvironment().run(() => reconcileTool(call, host));
    return found as Reconciliation;
  }

  it('hands it key and arguments, and gives on what it found', async () => {
    const seen: unknown[] = [];
    const found = await ask((key, args, context) => {
      seen.push(key, args, context.key);
      return Promise.resolve({ type: 'done', result: { number: 'N-1' } });
    });
    assert.deepEqual(found, { type: 'done', result: { number: 'N-1' } });
    assert.deepEqual(seen, ['k', { what: 'x' }, 'k']);
    for (const answer of [{ type: 'not-done' }, { type: 'not-known', reason: 'no trace' }] as const)
      assert.deepEqual(await ask(() => Promise.resolve(answer)), answer);
  });

  it('takes a complaint of the tool for no answer', async () => {
    const found = await ask(() => Promise.reject(new ToolError('NotFound', 'no such part')));
    assert.deepEqual(found, { type: 'not-known', reason: 'no such part' });
  });

  it('fails for what the tool can not help: tried again when unavailable, later when limited, not when broken', async () => {
    const fails = (error: Error) => ask(() => Promise.reject(error));
    await assert.rejects(fails(new ToolUnavailable('away')), {
      type: 'ToolUnavailable',
      nonRetryable: false,
    });
    const details = [{ retryAfterMs: 5 }];
    await assert.rejects(fails(new RateLimited(5)), { type: 'ToolRateLimited', nonRetryable: true, details });
    await assert.rejects(fails(new TypeError('oops')), { type: 'ToolBroken', nonRetryable: true });
  });

  it('takes no result that is none of the tool, and no answer that is none', async () => {
    const odd = { type: 'done', result: { number: 7 } } as unknown as Reconciliation; // What plain JavaScript may say.
    await assert.rejects(
      ask(() => Promise.resolve(odd as never)),
      { type: 'ToolBroken' },
    );
    await assert.rejects(
      ask(() => Promise.resolve({ type: 'perhaps' } as never)),
      { type: 'ToolBroken' },
    );
  });
});

describe('a tool that says what it is', () => {
  const base = { name: 't', description: '', timeoutMs: 1, input, output };
  const run = () => Promise.resolve({ number: '' });
  const reconcile = () => Promise.resolve({ type: 'not-done' as const });

  it('can be asked afterwards exactly if it is reconcilable', () => {
    assert.equal(defineTool({ ...base, effect: 'reconcilable', run, reconcile }).manifest.hasReconcile, true);
    assert.equal(defineTool({ ...base, effect: 'once', run }).manifest.hasReconcile, false);
    // The types say so too; plain JavaScript has none.
    const mute = { ...base, effect: 'reconcilable' as const, run };
    // @ts-expect-error -- it has no reconcile
    assert.throws(() => defineTool(mute), /exactly a reconcilable tool/);
    const chatty = { ...base, effect: 'once' as const, run, reconcile };
    // @ts-expect-error -- nobody would ask it
    assert.throws(() => defineTool(chatty), /exactly a reconcilable tool/);
  });

  it('tells what its result looks like', () => {
    const { manifest } = defineTool({ ...base, effect: 'once', run });
    assert.deepEqual(manifest.outputSchema?.['properties'], { number: { type: 'string' } });
    const opaque = z.any().transform(String);
    const odd = defineTool({ ...base, output: opaque, effect: 'once', run: () => Promise.resolve(1) });
    assert.ok(odd.manifest.outputSchema);
  });
});
