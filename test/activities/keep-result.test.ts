import assert from 'node:assert/strict';
import { MockActivityEnvironment } from '@temporalio/testing';
import * as z from 'zod';
import { keepResult } from '../../src/activities/keep-result.ts';
import type { ArtifactPort } from '../../src/activities/ports.ts';
import type { Json } from '../../src/contracts/json.ts';
import type { EffectClass, ToolOutcome } from '../../src/contracts/tool.ts';
import { hashText } from '../../src/core/hash.ts';
import { ToolUnavailable } from '../../src/tools/define-tool.ts';

const Reference = z.strictObject({ artifact: z.string(), bytes: z.int(), preview: z.string() });
const invocation = { agentId: 'a', turn: 1, index: 0, tool: 'look', args: {}, key: 'run-1/1/0/abc' };

/** A store in memory that may be full. */
function store(full = false): ArtifactPort & { kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return {
    kept,
    put: (owner, text) => {
      if (full) return Promise.reject(new ToolUnavailable('the disk is full'));
      kept.set(`${owner}/${hashText(text)}`, text);
      return Promise.resolve(hashText(text));
    },
    get: (owner, hash) => Promise.resolve(kept.get(`${owner}/${hash}`)),
  };
}

interface Circumstances {
  readonly artifacts?: ArtifactPort;
  readonly effect?: EffectClass;
  readonly calls?: number;
}

/** The environment's own type forgets what the activity returns. */
async function keep(result: Json, given: Circumstances = {}): Promise<ToolOutcome> {
  const keeper = { artifacts: store(), effect: 'pure' as const, calls: 1, ...given };
  const activity = (): Promise<ToolOutcome> => keepResult(invocation, result, keeper);
  return await new MockActivityEnvironment().run(activity);
}

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
function nested(depth: number): Json {
  let value: Json = 1;
  for (let level = 0; level < depth; level += 1) value = [value];
  return value;
}

describe('the result of a call', () => {
  it('is recorded as it is while it is small, a page of a file in any language too', async () => {
    for (const result of [null, 'x', { page: '漢'.repeat(16_000) }, nested(90)])
      assert.deepEqual(await keep(result), { type: 'succeeded', result });
  });

  it('becomes an artifact when it is large, with a reference that shows its beginning', async () => {
    const artifacts = store();
    const result = { rows: 'é'.repeat(200_000) };
    const outcome = await keep(result, { artifacts });
    assert.ok(outcome.type === 'succeeded' && outcome.stored === true);
    const reference = Reference.parse(outcome.result);
    assert.equal(reference.bytes, bytesOf(result));
    assert.equal(artifacts.kept.get(`run-1/${reference.artifact}`), JSON.stringify(result));
    assert.ok(JSON.stringify(result).startsWith(reference.preview));
    assert.ok(bytesOf(outcome) < 30_000);
  });

  it('becomes an artifact when it is nested too deep for a payload', async () => {
    const outcome = await keep(nested(200));
    assert.ok(outcome.type === 'succeeded' && outcome.stored === true);
  });

  it('shares a marker with the others of its batch, which never outgrows a payload', async () => {
    const outcome = await keep('x'.repeat(40_000), { calls: 32 });
    assert.ok(outcome.type === 'succeeded' && outcome.stored === true);
    assert.ok(32 * Math.max(37_500, bytesOf(outcome)) < 1_500_000);
  });

  it('is recorded in full when the artifact store is full: nothing is lost', async () => {
    for (const effect of ['pure', 'once'] as const) {
      const result = 'x'.repeat(400_000);
      const outcome = await keep(result, { artifacts: store(true), effect });
      assert.deepEqual(outcome, { type: 'succeeded', result });
    }
  });

  it('that fits nowhere fails where it can be had again, and is done where it can not', async () => {
    const full = { artifacts: store(true) };
    const result = 'x'.repeat(600_000);
    for (const effect of ['pure', 'idempotent'] as const)
      await assert.rejects(keep(result, { ...full, effect }), /the disk is full/);
    await assert.rejects(keep('x'.repeat(70_000), { ...full, calls: 2 }), /the disk is full/);
    for (const effect of ['once', 'reconcilable'] as const) {
      const outcome = await keep(result, { ...full, effect });
      assert.match(JSON.stringify(outcome), /succeeded.*it was done, but the disk is full/);
      assert.ok(bytesOf(outcome) < 30_000);
    }
  });

  it('of more than any tool should give is refused, and the model is told', async () => {
    const outcome = await keep('x'.repeat(50_000_001));
    assert.match(JSON.stringify(outcome), /Invalid.*50000003 bytes.*ask for less/);
  });
});
