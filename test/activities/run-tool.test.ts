import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Info } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import * as z from 'zod';
import { openArtifacts } from '../../src/activities/file-artifacts.ts';
import { assessCalls, runPureTools, runTool, type ToolHost } from '../../src/activities/run-tool.ts';
import { Assessment, type ToolInvocation, type ToolOutcome } from '../../src/contracts/tool.ts';
import { hashJson } from '../../src/core/hash.ts';
import { defineTool, RateLimited, ToolError, ToolUnavailable } from '../../src/tools/define-tool.ts';
import { openLedger } from '../../src/tools/ledger.ts';

import { mcpServers } from '../support/mcp/servers.ts';
import { memoriesIn } from '../support/memories.ts';
import { openWorkspace } from '../../src/tools/workspace.ts';

/** The balance is the fact; the tool does what it is told by the test. */
let balance = 100;
let ran = 0;
const tool = defineTool({
  name: 'act',
  description: 'does what the argument says',
  input: z.strictObject({
    how: z.enum(['well', 'never', 'refuse', 'unavailable', 'limited', 'break', 'odd', 'verbose', 'wordy']),
  }),
  output: z.object({ done: z.string() }),
  effect: 'idempotent',
  timeoutMs: 1_000,
  assess: () => {
    if (Number.isNaN(balance)) throw new RateLimited(3_000, 'no balance yet');
    if (balance === Infinity) throw new RateLimited(Number('tomorrow'), 'x'.repeat(3_000_000));
    return Promise.resolve(balance < 0 ? { balance, why: 'x'.repeat(3_000) } : { balance });
  },
  run: ({ how }, { facts }) => {
    ran += 1;
    if (how === 'never') return new Promise(() => undefined);
    if (how === 'refuse') throw new ToolError('Forbidden', 'not this');
    if (how === 'unavailable') throw new ToolUnavailable('locked');
    if (how === 'limited') throw new RateLimited(7_000, 'ten a minute');
    if (how === 'break') throw new TypeError('oops');
    if (how === 'verbose') throw new ToolError('Invalid', 'x'.repeat(3_000_000));
    if (how === 'wordy') throw new Error('x'.repeat(3_000_000));
    if (how === 'odd') return Promise.resolve({ done: 3 as unknown as string });
    return Promise.resolve({ done: JSON.stringify(facts ?? null) });
  },
});
const folder = mkdtempSync(join(tmpdir(), 'perdure-run-tool-'));
const host: ToolHost = {
  artifacts: openArtifacts(folder),
  memories: memoriesIn(),
  mcp: mcpServers(),
  tools: new Map([['act', tool]]),
  resources: { workspace: openWorkspace('.'), ledger: openLedger(':memory:'), now: () => new Date() },
};

function invocation(how: string, facts: object = { balance: 100 }): ToolInvocation {
  return {
    agentId: 'a',
    turn: 1,
    index: 0,
    tool: 'act',
    args: { how },
    key: 'k',
    factsHash: hashJson(facts),
  };
}
/** An attempt that is not late. */
function inTime(): MockActivityEnvironment {
  const currentAttemptScheduledTimestampMs = Date.now();
  return new MockActivityEnvironment({ currentAttemptScheduledTimestampMs, heartbeatTimeoutMs: 60_000 });
}
/** The environment's own type forgets what the activity returns. */
async function within<Result>(activity: () => Promise<Result>): Promise<Result> {
  return await inTime().run(activity);
}
const run = (call: ToolInvocation) => within(() => runTool(call, host));

/** As the second attempt of its step, unless another is said. */
async function again(call: ToolInvocation, info: Partial<Info> = {}): Promise<ToolOutcome> {
  const time = { currentAttemptScheduledTimestampMs: Date.now(), heartbeatTimeoutMs: 60_000 };
  const environment = new MockActivityEnvironment({ attempt: 2, ...time, ...info });
  return await environment.run((): Promise<ToolOutcome> => runTool(call, host));
}

describe('running a tool', () => {
  it('asks first whether an attempt still counts that may have been given up, but for one that only reads', async () => {
    const late = new MockActivityEnvironment({
      ...{ currentAttemptScheduledTimestampMs: Date.now() - 10_000, heartbeatTimeoutMs: 5_000 },
    });
    // There is no server to be asked here.
    await assert.rejects(
      late.run(() => runTool(invocation('well'), host)),
      /No Client available/,
    );
  });

  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    balance = 100;
    ran = 0;
  });

  it('acts on the facts that policy saw, and hands them to the tool', async () => {
    assert.deepEqual(await run(invocation('well')), {
      type: 'succeeded',
      result: { done: '{"balance":100}' },
    });
  });

  it("shows the progress of its own call, also when it is told in another call's context", async () => {
    let inFirst: ReturnType<typeof AsyncLocalStorage.snapshot> | undefined;
    const shared = defineTool({
      ...{ name: 'act', description: 'works over a connection that its first call opens', effect: 'pure' },
      ...{ input: z.strictObject({ how: z.string() }), output: z.null(), timeoutMs: 1_000 },
      run: async ({ how }, { progress }) => {
        inFirst ??= AsyncLocalStorage.snapshot();
        inFirst(() => {
          progress(how);
        });
        return Promise.resolve(null);
      },
    });
    const beats = await Promise.all(
      ['first', 'second'].map(async (how) => {
        const environment = new MockActivityEnvironment();
        const shown: unknown[] = [];
        environment.on('heartbeat', (details) => shown.push(details));
        const { factsHash: _without, ...call } = invocation(how);
        await environment.run(() => runTool(call, { ...host, tools: new Map([['act', shared]]) }));
        return shown;
      }),
    );
    assert.deepEqual(beats, [[{ progress: 'first' }], [{ progress: 'second' }]]);
  });

  for (const reason of ['NOT_FOUND', 'TIMED_OUT'] as const) {
    it(`is left to itself when its attempt has been given up (${reason}) and it does not end: others need the slot`, async () => {
      const environment = inTime();
      const running = environment.run(() => runTool(invocation('never'), host));
      environment.cancel(reason);
      await assert.rejects(running, { name: 'CancelledFailure', message: reason });
    });
  }

  it('does nothing when the facts have changed, and reports the new ones', async () => {
    balance = 7;
    assert.deepEqual(await run(invocation('well')), { type: 'facts-changed', facts: { balance: 7 } });
    assert.equal(ran, 0);
  });

  it('says so when an earlier attempt may have acted on the facts as they were, of this dispatch or one before', async () => {
    balance = 7;
    const found = { type: 'facts-changed', facts: { balance: 7 }, mayHaveActed: true };
    assert.deepEqual(await again(invocation('well')), found);
    assert.deepEqual(await run({ ...invocation('well'), mayHaveActed: true }), found);
  });

  it('says of a failure whether an earlier attempt may have acted: one that did nothing has left word', async () => {
    const first = inTime();
    const left: unknown[] = [];
    first.on('heartbeat', (details) => left.push(details));
    const locked = invocation('unavailable');
    await assert.rejects(
      first.run(() => runTool(locked, host)),
      { type: 'ToolUnavailable', details: [] },
    );
    assert.deepEqual(left, [{ didNothing: 1 }]);
    const after = { heartbeatDetails: left[0] };
    await assert.rejects(again(locked, after), { type: 'ToolUnavailable', details: [] });
    await assert.rejects(again(locked), { details: [{ mayHaveActed: true }] });
    await assert.rejects(again(locked, { ...after, attempt: 3 }), { details: [{ mayHaveActed: true }] });
    balance = 7;
    const outcome = await again(invocation('well'), after);
    assert.deepEqual(outcome, { type: 'facts-changed', facts: { balance: 7 } });
  });

  it('was not begun when its facts can not be had, which is no outcome of what was done before', async () => {
    const gone = { ...invocation('well'), args: { how: 'sideways' } };
    const failed = await run(gone);
    assert.equal(failed.type === 'failed' && failed.error.type, 'Invalid');
    const doubtful = [{ notBegun: true, mayHaveActed: true }];
    await assert.rejects(again(gone), { type: 'ToolBroken', details: doubtful });
    await assert.rejects(run({ ...gone, tool: 'absent' }), { details: [{ notBegun: true }] });
    const { factsHash: _without, ...factless } = gone;
    await assert.rejects(run({ ...factless, tool: 'absent' }), { details: [{ notBegun: true }] });
    balance = NaN;
    const details = [{ retryAfterMs: 3_000, notBegun: true }];
    await assert.rejects(run(invocation('well')), { type: 'ToolRateLimited', details });
    assert.equal(ran, 0);
  });

  it('gives the model what it can mend, as data', async () => {
    const outcome = await run(invocation('refuse'));
    assert.deepEqual(outcome, { type: 'failed', error: { type: 'Forbidden', message: 'not this' } });
    const wrong = await run({ ...invocation('well'), args: { how: 'sideways' } });
    assert.equal(wrong.type === 'failed' && wrong.error.type, 'Invalid');
  });

  it('fails the step for what the model can not mend: retried when unavailable, not when broken', async () => {
    await assert.rejects(run(invocation('unavailable')), { type: 'ToolUnavailable', nonRetryable: false });
    await assert.rejects(run(invocation('break')), { type: 'ToolBroken', nonRetryable: true });
    await assert.rejects(run(invocation('odd')), { type: 'ToolBroken' });
    await assert.rejects(run({ ...invocation('well'), tool: 'absent' }), { type: 'ToolUnavailable' });
  });

  it('fails the step at once when the tool names the time to come back', async () => {
    const details = [{ retryAfterMs: 7_000 }];
    const expected = { type: 'ToolRateLimited', nonRetryable: true, details, message: 'ten a minute' };
    await assert.rejects(run(invocation('limited')), expected);
  });

  it('cuts what a tool says of its failure: nothing of it outgrows a payload', async () => {
    const outcome = await run(invocation('verbose'));
    assert.ok(JSON.stringify(outcome).length < 5_000);
    const error: unknown = await run(invocation('wordy')).catch((reason: unknown) => reason);
    assert.ok(error instanceof ApplicationFailure && error.message.length < 5_000);
    assert.ok(error.cause instanceof Error && error.cause.message.length < 5_000);
    assert.ok((error.cause.stack ?? '').length < 5_000);
  });

  it('takes facts that are too large for none: policy decides without them', async () => {
    balance = -1;
    const [found] = await within(() => assessCalls([invocation('well')], host));
    assert.match(found?.type === 'failed' ? found.message : '', /facts take \d+ bytes/);
    await assert.rejects(run(invocation('well')), { type: 'ToolBroken', details: [{ notBegun: true }] });
    assert.equal(ran, 0);
  });

  it('runs pure calls side by side, each with its own outcome', async () => {
    const calls = [invocation('well'), invocation('refuse')];
    const outcomes = await within(() => runPureTools(calls, host));
    assert.deepEqual(
      outcomes.map(({ type }) => type),
      ['succeeded', 'failed'],
    );
  });

  it('assesses each call on its own', async () => {
    const calls = [invocation('well'), { ...invocation('well'), index: 1, args: { how: 'sideways' } }];
    const found = await within(() => assessCalls(calls, host));
    assert.deepEqual(
      found.map(({ type }) => type),
      ['assessed', 'failed'],
    );
  });

  it('lets other calls be assessed when a tool limits how often it is asked', async () => {
    balance = Number.NaN;
    const found = await within(() => assessCalls([invocation('well')], host));
    assert.deepEqual(found, [
      { type: 'rate-limited', index: 0, message: 'no balance yet', retryAfterMs: 3_000 },
    ]);
  });

  it('are to be asked for again also where nobody can say when, and whatever is said of it', async () => {
    balance = Number.POSITIVE_INFINITY;
    const [found] = await within(() => assessCalls([invocation('well')], host));
    assert.deepEqual(Assessment.parse(found), found);
    assert.ok(found?.type === 'rate-limited' && found.message.length < 5_000);
  });
});
