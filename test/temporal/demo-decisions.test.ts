import assert from 'node:assert/strict';
import type { ApprovalView } from '../../src/contracts/status.ts';
import { decideAlone } from '../../temporal/demo-decisions.ts';
import { approvalSample } from '../client/samples.ts';

function decide(change: Partial<ApprovalView>) {
  return decideAlone(approvalSample(change), () => Promise.resolve(true));
}

describe('the demo that nobody attends', () => {
  it('extends no budget: each limit that is reached would grow for ever', async () => {
    const asked = { subject: 'budget', tool: 'extendBudget', args: { turns: 100 } } as const;
    assert.deepEqual(await decide({ ...asked, allowedDecisions: ['approve', 'edit', 'reject'] }), {
      decision: 'reject',
      message: 'the demo extends no budget by itself',
    });
  });

  it('fills in no form', async () => {
    const form = { type: 'object', properties: { amount: { type: 'number' } } } as const;
    assert.deepEqual(await decide({ subject: 'question', form, allowedDecisions: ['respond', 'ignore'] }), {
      decision: 'ignore',
      message: 'the demo knows nothing to fill in',
    });
  });

  it('holds what it is asked, and takes a careful answer that is offered', async () => {
    const asked = { subject: 'question', allowedDecisions: ['respond', 'ignore'] } as const;
    const question = { ...asked, allowedDecisions: [...asked.allowedDecisions] };
    assert.deepEqual(await decide(question), { decision: 'respond', message: 'hold' });
    const offered = await decide({ ...question, choices: ['remove', 'watch'] });
    assert.deepEqual(offered, { decision: 'respond', message: 'watch' });
  });

  it('approves a call whose facts have no findings, and no other', async () => {
    assert.deepEqual(await decide({}), { decision: 'approve' });
    assert.deepEqual(await decide({ facts: { findings: ['duplicate'] } }), {
      decision: 'reject',
      message: 'the facts have findings: duplicate',
    });
  });
});
