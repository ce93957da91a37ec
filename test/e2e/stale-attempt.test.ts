import assert from 'node:assert/strict';
import type { Child } from '../../temporal/child-process.ts';
import { Probing } from '../support/probing.ts';
import { until } from '../support/stage.ts';

const once = (what: string): [string, Record<string, unknown>] => ['probe_once', { how: 'waits', what }];

/**
 * A process that is suspended in the middle of its calls, given up on, and wakes when somebody else has their work. What
 * nobody can know is put to a person, who has three answers.
 */
describe('an attempt that wakes too late', () => {
  let probing: Probing;
  let suspended: Child | undefined;

  before(async () => {
    probing = await Probing.create({
      sleeper: [once('not done'), once('done'), once('give up'), ['probe_idempotent', { how: 'waits' }]],
    });
  });
  after(async () => {
    suspended?.kill('SIGCONT');
    await suspended?.stop();
    await probing.dispose();
  });

  const did = async (what: string, pid?: number) =>
    (await probing.journal('sleeper')).filter(
      (line) => line.what === what && (pid === undefined || line.pid === pid),
    );

  it('does not act; each call ends as the person who looked says', async () => {
    const { stage } = probing;
    await probing.start('sleeper');
    await probing.untilBegun('sleeper', 4);
    suspended = stage.worker;
    const { pid } = suspended;
    suspended.kill('SIGSTOP');
    await stage.startWorker();
    const asked = await stage.untilStatus('sleeper', (now) => now.approvals.length === 3);
    // Ids and keys both hold the place of the call in the reply; what came first is a matter of chance.
    const approvals = asked.approvals.toSorted((a, b) => a.id.localeCompare(b.id));
    const keys = (await did('begins', pid)).map(({ key }) => key).toSorted();
    for (const [index, approval] of approvals.entries()) {
      assert.equal(approval.subject, 'unknown_outcome');
      assert.match(approval.summary, /probe_once .*ToolTimeout/);
      assert.ok(approval.summary.includes(keys[index] ?? 'no key'), approval.summary);
    }

    probing.go();
    suspended.kill('SIGCONT');
    await until('the late attempts have asked whether they still count', async () => {
      return new Set((await did('is refused', pid)).map(({ key }) => key)).size === 4;
    });
    // The call that is tried again may have been handed to this very process once more, with leave to act.
    assert.deepEqual(
      (await did('acts', pid)).filter(({ tool }) => tool === 'once'),
      [],
    );

    const [notDone, done, givenUp] = approvals.map(({ id }) => ({ approval: id, by: 'ann' }));
    const send = (payload: object) => stage.gateway.send('sleeper', 'decide', payload);
    await send({ ...notDone, decision: 'approve' });
    await send({ ...done, decision: 'respond', message: JSON.stringify({ key: 'from the ledger' }) });
    await send({ ...givenUp, decision: 'reject', message: 'too late anyway' });
    assert.equal((await stage.gateway.result('sleeper')).status, 'completed');
    assert.deepEqual(probing.told('sleeper'), [
      { ok: true, result: { key: keys[0] } },
      { ok: true, result: { key: 'from the ledger' }, doneBy: 'ann' },
      { ok: false, error: { type: 'Rejected', message: 'ann rejected this call: too late anyway' } },
      { ok: true, result: { key: keys[3] } },
    ]);
    assert.deepEqual((await did('acts')).map(({ key }) => key).toSorted(), [keys[0], keys[3]].toSorted());
  });
});
