import assert from 'node:assert/strict';
import { decisionsFor, hasAgreed, whyNot } from '../../../src/client/web/approval/deciders.ts';

const ann = { name: 'Ann', role: 'approver' } as const;
const now = Date.parse('2026-01-01T00:00:00Z');

describe('who may decide an approval', () => {
  it('lets who has agreed say no, under whichever spelling of their name', () => {
    const asked = {
      subject: 'tool' as const,
      allowedDecisions: ['approve' as const, 'edit' as const, 'reject' as const],
      decisions: [{ decision: 'approve' as const, by: 'ann ', at: '2026-01-01T00:00:00Z' }],
    };
    assert.equal(hasAgreed(asked, ann), true);
    assert.equal(hasAgreed(asked, { name: 'bob' }), false);
    assert.deepEqual(decisionsFor(asked, ann, now), ['edit', 'reject']);
    assert.deepEqual(decisionsFor(asked, { ...ann, name: 'bob' }, now), ['approve', 'edit', 'reject']);
    assert.deepEqual(decisionsFor(asked, { ...ann, role: 'viewer' }, now), []);
  });

  it('says why somebody may not: their role, four eyes, others who are named, a claim', () => {
    const claim = { by: 'bob', at: '2026-01-01T00:00:00Z', until: '2026-01-01T01:00:00Z' };
    const cases: [Parameters<typeof whyNot>[1], Partial<Parameters<typeof whyNot>[0]>, RegExp][] = [
      [{ ...ann, role: 'viewer' }, {}, /needs the role approver/],
      [ann, { subject: 'budget' }, /needs the role admin/],
      [ann, { notBy: 'ANN' }, /four eyes/],
      [ann, { approvers: { people: ['bob'] } }, /for bob to decide/],
      [ann, { claim }, /bob has claimed it/],
    ];
    for (const [person, more, why] of cases)
      assert.match(whyNot({ subject: 'tool', ...more }, person, now) ?? '', why);
  });
});
