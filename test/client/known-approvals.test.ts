import assert from 'node:assert/strict';
import { KnownApprovals } from '../../src/client/known-approvals.ts';
import type { ListedAgent } from '../../src/contracts/answers.ts';

const row: ListedAgent = {
  ...{ agent: 'a1', runId: 'r1', status: 'waiting', waitingFor: ['approval'], pendingApprovals: 1 },
  startedAt: '2026-11-25T00:00:00.000Z',
};

describe('what agents have said that they ask', () => {
  it('holds for a minute, as long as their row in the index is the same', () => {
    const known = new KnownApprovals();
    known.keep(row, [], 0);
    assert.deepEqual(known.find({ ...row }, 60_000), []);
    assert.equal(known.find(row, 60_001), undefined);
    assert.equal(known.find({ ...row, pendingApprovals: 2 }, 1), undefined);
    assert.equal(known.find({ ...row, agent: 'a2' }, 1), undefined);
  });

  it('is forgotten when something was sent to them', () => {
    const known = new KnownApprovals();
    known.keep(row, [], 0);
    known.forget('a1');
    assert.equal(known.find(row, 1), undefined);
  });

  it('is kept of so many agents and no more, the latest ones', () => {
    const known = new KnownApprovals();
    for (let at = 0; at <= 5_000; at++) known.keep({ ...row, agent: `a${at}` }, [], at);
    assert.equal(known.find({ ...row, agent: 'a0' }, 5_000), undefined);
    assert.deepEqual(known.find({ ...row, agent: 'a1' }, 5_000), []);
  });
});
