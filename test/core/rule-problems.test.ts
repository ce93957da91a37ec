import assert from 'node:assert/strict';
import type { PolicyRule } from '../../src/contracts/definition.ts';
import { ruleProblems } from '../../src/core/rule-problems.ts';

const approve = { mode: 'approve' } as const;

describe('a rule', () => {
  const wrong: [string, string, PolicyRule, string][] = [
    ['with a condition that is none', 'pay', { ...approve, when: '1 +' }, 'when'],
    [
      'that names people where nobody is asked',
      'pay',
      { mode: 'auto', approvers: { people: ['a'] } },
      'approvers',
    ],
    ['that reminds where nobody is asked', 'pay', { mode: 'deny', remind: '1h' }, 'remind'],
    [
      'that wants more people than there are',
      'pay',
      { ...approve, approvers: { people: ['a'], quorum: 2 } },
      'approvers.quorum',
    ],
    [
      'that wants two people and names one of them twice',
      'pay',
      { ...approve, approvers: { people: ['anna', 'Anna '], quorum: 2 } },
      'approvers.quorum',
    ],
    [
      'that wants several answers to a question',
      'ask_human',
      { mode: 'auto', approvers: { quorum: 2 } },
      'approvers.quorum',
    ],
    [
      'that lets more people decide where anybody may',
      'pay',
      { ...approve, escalate: [{ after: '1h', role: 'admin' }] },
      'escalate.0',
    ],
    [
      'that lets nobody more decide',
      'pay',
      { ...approve, approvers: { people: ['a'] }, escalate: [{ after: '1h' }] },
      'escalate.0',
    ],
    [
      'that escalates after the deadline',
      'pay',
      {
        ...approve,
        approvers: { people: ['a'] },
        escalate: [{ after: '8d', people: ['b'] }],
      },
      'escalate.0.after',
    ],
    ['that tells of what is asked anyway', 'pay', { ...approve, notify: true }, 'notify'],
    ['that tells of what concerns only the agent', 'note', { mode: 'auto', notify: true }, 'notify'],
  ];
  for (const [title, tool, rule, field] of wrong)
    it(`${title} is a mistake at ${field}`, () => {
      assert.deepEqual(
        ruleProblems(tool, rule).map((problem) => problem.field.join('.')),
        [field],
      );
    });

  it('may say all that makes sense together', () => {
    const rule: PolicyRule = {
      ...approve,
      when: 'facts.amount > 1.0',
      approvers: { people: ['a', 'b'], role: 'operator', quorum: 2, fourEyes: true, signedIn: true },
      deadline: { after: '2d', outcome: 'ask', whilePaused: 'stops' },
      remind: '8h',
      escalate: [{ after: '3d', people: ['c'] }],
    };
    assert.deepEqual(ruleProblems('pay', rule), []);
    assert.deepEqual(
      ruleProblems('ask_human', { mode: 'auto', approvers: { people: ['a'] }, remind: '1h' }),
      [],
    );
    assert.deepEqual(ruleProblems('pay', { mode: 'auto', notify: true }), []);
  });
});
