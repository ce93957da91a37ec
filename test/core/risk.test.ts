import assert from 'node:assert/strict';
import { riskOf } from '../../src/core/risk.ts';

const asked = { subject: 'tool', facts: {}, required: 1 } as const;

describe('the risk of an approval', () => {
  it('follows from the effect of the tool', () => {
    const risks = (['pure', 'idempotent', 'reconcilable', 'once'] as const).map((effect) =>
      riskOf(asked, { effect }),
    );
    assert.deepEqual(risks, ['low', 'low', 'medium', 'high']);
    assert.equal(riskOf(asked, undefined), 'medium');
  });

  it('rises with the amount that the tool has found', () => {
    const risks = [99.99, 100, -100, 9_999, 10_000, '1000000'].map((amount) =>
      riskOf({ ...asked, facts: { amount } }, { effect: 'idempotent' }),
    );
    assert.deepEqual(risks, ['low', 'medium', 'medium', 'medium', 'high', 'low']);
  });

  it('rises with who must agree, and never falls', () => {
    const rules = [
      { required: 2 },
      { notBy: 'ann' },
      { signedIn: true },
      { approvers: { role: 'admin' } },
    ] as const;
    for (const rule of rules) {
      assert.equal(riskOf({ ...asked, ...rule }, { effect: 'pure' }), 'medium');
      assert.equal(riskOf({ ...asked, ...rule }, { effect: 'once' }), 'high');
    }
    assert.equal(
      riskOf({ ...asked, approvers: { role: 'approver', people: ['ann'] } }, { effect: 'pure' }),
      'low',
    );
  });

  it('of what is no call is that of the question', () => {
    const risks = (['question', 'budget', 'unknown_outcome'] as const).map((subject) =>
      riskOf({ ...asked, subject }, { effect: 'once' }),
    );
    assert.deepEqual(risks, ['low', 'medium', 'high']);
  });
});
