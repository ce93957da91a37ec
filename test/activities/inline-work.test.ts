import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { MockActivityEnvironment } from '@temporalio/testing';
import * as z from 'zod';
import { InlineWorker } from '../../src/activities/inline-work.ts';
import type { ToolHost } from '../../src/activities/run-tool.ts';
import type { InlineResults } from '../../src/contracts/activities.ts';
import type { ModelRequest, RequestedCall } from '../../src/contracts/model.ts';
import { hashJson } from '../../src/core/hash.ts';
import { defineTool, RateLimited, ToolError, ToolUnavailable } from '../../src/tools/define-tool.ts';
import { openLedger } from '../../src/tools/ledger.ts';
import { openWorkspace } from '../../src/tools/workspace.ts';
import { mcpServers } from '../support/mcp/servers.ts';
import { memoriesIn } from '../support/memories.ts';

const ran: string[] = [];
const keys: string[] = [];
const input = z.strictObject({ what: z.string() });
const base = {
  description: 'a tool',
  input,
  output: z.object({ seen: z.string() }),
  timeoutMs: 500,
} as const;
const look = defineTool({
  ...{ ...base, name: 'look', effect: 'pure' },
  run: async ({ what }, { key, signal }) => {
    ran.push(what);
    keys.push(key);
    if (what === 'nothing') throw new ToolError('NotFound', 'nothing there');
    if (what === 'locked') throw new ToolUnavailable('locked');
    if (what === 'far') await pause(60_000, undefined, { signal });
    return { seen: what };
  },
});
const weigh = defineTool({
  ...{ ...base, name: 'weigh', effect: 'idempotent' },
  assess: ({ what }) => {
    ran.push(`weigh ${what}`);
    if (what === 'nothing') throw new Error('no scales');
    if (what === 'crowd') throw new RateLimited(1_000);
    return Promise.resolve({ what });
  },
  run: ({ what }) => Promise.resolve({ seen: what }),
});

const resources = {
  workspace: openWorkspace('.'),
  ledger: openLedger(':memory:'),
  now: () => new Date(),
};
const host: ToolHost = {
  artifacts: { put: () => assert.fail('nothing is large'), get: () => Promise.resolve(undefined) },
  ...{ memories: memoriesIn(), mcp: mcpServers(), resources },
  tools: new Map([look, weigh].map((tool) => [tool.manifest.name, tool])),
};
const request: ModelRequest = {
  ...{ agentId: 'a', runId: 'r2', turn: 3, model: 'm', contextHash: 'h', maxOutputTokens: 100 },
  inline: { firstRunId: 'r1', run: ['look'], assess: ['weigh'] },
};

function call(name: string, what: string): RequestedCall {
  return { id: `${name}-${what}`, name, args: { type: 'parsed', value: { what } } };
}
const malformed: RequestedCall = {
  ...{ id: 'm', name: 'look', args: { type: 'malformed', text: '{', reason: 'cut' } },
};

describe('what is done with the calls of a reply at once', () => {
  let worker: InlineWorker;
  beforeEach(() => {
    worker = new InlineWorker(host);
    ran.length = 0;
    keys.length = 0;
  });
  /** The environment's own type forgets what the activity returns. */
  const take = async (calls: RequestedCall[], asked = request): Promise<InlineResults | undefined> =>
    await new MockActivityEnvironment().run(() => worker.take(asked, calls));

  it('is to run all of them, each with its own outcome and under the key of the call', async () => {
    assert.deepEqual(await take([call('look', 'a'), call('look', 'nothing')]), {
      type: 'ran',
      outcomes: [
        { index: 0, outcome: { type: 'succeeded', result: { seen: 'a' } } },
        { index: 1, outcome: { type: 'failed', error: { type: 'NotFound', message: 'nothing there' } } },
      ],
    });
    assert.deepEqual(
      keys,
      ['a', 'nothing'].map((what, index) => `r1/3/${index}/${hashJson({ what })}`),
    );
  });

  it('is to assess those that policy asks about, beside any others', async () => {
    const calls = [call('look', 'a'), call('weigh', 'b'), call('weigh', 'nothing')];
    assert.deepEqual(await take(calls), {
      type: 'assessed',
      assessments: [
        { type: 'assessed', index: 1, facts: { what: 'b' } },
        { type: 'failed', index: 2, message: 'no scales' },
      ],
    });
    assert.deepEqual(ran, ['weigh b', 'weigh nothing']);
  });

  it('leaves out commands of the agent, and what can not be read', async () => {
    assert.deepEqual(await take([call('note', 'a'), call('look', 'b'), malformed, call('finish', 'c')]), {
      type: 'ran',
      outcomes: [{ index: 1, outcome: { type: 'succeeded', result: { seen: 'b' } } }],
    });
  });

  it('is nothing where the agent has not said so', async () => {
    const { inline: _none, ...silent } = request;
    assert.equal(await take([call('look', 'a')], silent), undefined);
    assert.equal(await take([call('look', 'a'), call('shout', 'b')]), undefined);
    assert.equal(await take([call('note', 'b')]), undefined);
    assert.equal(await take([]), undefined);
    assert.equal(await take([malformed]), undefined);
    assert.equal(
      await take(Array.from({ length: 33 }, (_, index) => call('look', String(index)))),
      undefined,
    );
    assert.deepEqual(ran, []);
  });

  it('is left to steps of their own when a tool can not be used now', async () => {
    assert.equal(await take([call('look', 'a'), call('look', 'locked')]), undefined);
    assert.equal(await take([call('weigh', 'a'), call('weigh', 'crowd')]), undefined);
    assert.equal((await take([call('look', 'a')]))?.type, 'ran');
  });

  it('is given up when a tool takes long, and not tried with it again soon', async () => {
    assert.equal(await take([call('look', 'far')]), undefined);
    assert.equal(await take([call('look', 'a')]), undefined);
    assert.deepEqual(ran, ['far']);
    assert.equal((await take([call('weigh', 'a')]))?.type, 'assessed');
  });
});
