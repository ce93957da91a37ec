import assert from 'node:assert/strict';
import { defaultPayloadConverter } from '@temporalio/common';
import { effectClasses, Probing } from '../support/probing.ts';

type Calls = readonly [name: string, args: Record<string, unknown>][];
const each = (how: string): Calls => effectClasses.map((effect) => [`probe_${effect}`, { how }]);

/** The classes of effects, each with a tool of its own, on real processes: what is tried again, what never, who is asked. */
describe('effect classes', () => {
  let probing: Probing;

  before(async () => {
    probing = await Probing.create({
      ...{ hanging: each('hangs-at-first'), broken: each('breaks'), locked: each('unavailable') },
      ...{ dying: each('hangs-at-first'), claimed: [['probe_once', { how: 'waits' }]] },
    });
    // These three mostly wait, so they wait side by side.
    for (const name of ['hanging', 'broken', 'locked']) await probing.start(name);
  });
  after(() => probing.dispose());

  const waiting = (name: string) =>
    probing.stage.untilStatus(name, ({ status, calls }) => status === 'waiting' && calls.length === 0);

  async function decideAll(name: string, decision: 'approve' | 'reject'): Promise<void> {
    const { approvals } = await waiting(name);
    for (const { id } of approvals)
      await probing.stage.gateway.send(name, 'decide', { approval: id, decision, by: 'ann' });
    assert.equal((await probing.stage.gateway.result(name)).status, 'completed');
  }

  // The first one: its agent tries again by itself some seconds after it has begun to wait.
  it('a tool that can not work now', async () => {
    const { interruptions } = await waiting('locked');
    assert.deepEqual(
      new Set(interruptions.map(({ kind, summary }) => `${kind} ${summary}`)),
      new Set(
        ['pure', 'idempotent', 'reconcilable'].map(
          (effect) => `tool_outage probe_${effect}: the vault is locked by the night watch`,
        ),
      ),
    );
    assert.deepEqual(await probing.counts('locked'), {
      ...{ pure: '5 begun, 0 done', idempotent: '5 begun, 0 done' },
      ...{ reconcilable: '1 begun, 0 done', once: '1 begun, 0 done' },
    });
    await probing.stage.gateway.send('locked', 'stop', { by: 'ann' });
    assert.equal((await probing.stage.gateway.result('locked')).status, 'cancelled');
  });

  it('an attempt that threw after its effect', async () => {
    const { approvals } = await waiting('broken');
    assert.deepEqual(
      // Both were dispatched side by side, so either may have failed first.
      approvals.map(({ tool, subject }) => `${tool} ${subject}`).toSorted(),
      ['probe_idempotent unknown_outcome', 'probe_once unknown_outcome'],
    );
    await decideAll('broken', 'reject');
    assert.deepEqual(await probing.counts('broken'), {
      ...{ pure: '1 begun, 1 done', idempotent: '1 begun, 1 done' },
      ...{ reconcilable: '1 begun, 1 done', once: '1 begun, 1 done' },
    });
    const [pure, , reconcilable] = probing.told('broken') ?? [];
    assert.deepEqual(pure, { ok: false, error: { type: 'ToolBroken', message: 'a cog came loose' } });
    // It had been done, and the tool could say so.
    assert.equal(reconcilable?.['ok'], true);
  });

  /** The first attempt of each is lost before its effect; of `once` there is no other. */
  async function assertLostOnce(name: string): Promise<void> {
    const { approvals } = await waiting(name);
    assert.deepEqual(
      approvals.map(({ tool, subject }) => `${tool} ${subject}`),
      ['probe_once unknown_outcome'],
    );
    await decideAll(name, 'approve');
    assert.deepEqual(await probing.counts(name), {
      ...{ pure: '2 begun, 1 done', idempotent: '2 begun, 1 done' },
      // Once only because a person said that it had not been done.
      ...{ reconcilable: '2 begun, 1 done', once: '2 begun, 1 done' },
    });
    const keys = new Set((await probing.journal(name)).map(({ key }) => key));
    assert.equal(keys.size, 4, 'every attempt of a call has the same key');
    assert.deepEqual(
      probing.told(name)?.map(({ ok }) => ok),
      [true, true, true, true],
    );
  }

  it('an attempt that timed out', () => assertLostOnce('hanging'));

  it('a worker that dies', async () => {
    await probing.start('dying');
    await probing.untilBegun('dying', 4);
    await probing.stage.killWorker();
    await probing.stage.startWorker();
    await assertLostOnce('dying');
  });

  it('a claim is in the history before the effect starts', async () => {
    await probing.start('claimed');
    await probing.untilBegun('claimed', 1);
    const { events } = await probing.stage.client.workflow.getHandle('claimed').fetchHistory();
    const [begun, ...acts] = await probing.journal('claimed');
    assert.deepEqual(acts, [], 'nothing was done before the history was read');
    const claims = (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: claim }) => {
      const payload = claim?.input?.payloads?.[0];
      if (claim?.activityType?.name !== 'runTool' || !payload) return [];
      return [defaultPayloadConverter.fromPayload<{ key: string }>(payload).key];
    });
    assert.deepEqual(claims, [begun?.key]);
    probing.go();
    assert.equal((await probing.stage.gateway.result('claimed')).status, 'completed');
    assert.deepEqual(
      (await probing.journal('claimed')).map(({ what, key }) => `${what} ${key}`),
      [`begins ${claims[0]}`, `acts ${claims[0]}`],
    );
  });
});
