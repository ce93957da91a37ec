import assert from 'node:assert/strict';
import type { Asked, Step } from './evidence.ts';
import { type AgentEvidence, violationsOf } from './oracle.ts';

const completed: Asked = { ended: 'completed', ok: true };
const lost: Asked = { ended: 'lost' };

function tool(asked: readonly Asked[], item = 'deed'): Step {
  return { name: `runTool 1.0 ${item}`, key: `key-of-${item}`, item, asked };
}

/** The tool was asked what became of the call. */
function asked(found: string): Step {
  const answer = { ...completed, found };
  return { name: 'reconcileTool 1.0 deed', key: 'key-of-deed', item: 'deed', asked: [answer] };
}

function effect(item = 'deed', key = `key-of-${item}`) {
  return { tool: 'send', item, agent: 'a1', key };
}

/** The evidence of an agent that did one thing, heard one message and was asked one question, all as it should be. */
function evidence(changes: Partial<AgentEvidence> = {}): AgentEvidence {
  return {
    agent: 'a1',
    status: 'completed',
    waitsFor: [],
    steps: [{ name: 'callModel 1', key: undefined, item: undefined, asked: [completed] }, tool([completed])],
    planned: ['s0-0'],
    asked: ['s0-0', 'f5'],
    told: [{ callId: 's0-0', item: 'deed', ok: true, byPerson: false, errorType: undefined }],
    effects: [effect()],
    heard: ['eva-1', 'eva-2'],
    messages: [
      { id: 'eva-1', by: 'eva', number: 1, answer: 'accepted' },
      { id: 'eva-2', by: 'eva', number: 2, answer: 'unknown' },
    ],
    followed: [{ approval: 't1-1-abc', decision: 'approve' }],
    decisions: [
      { approval: 't1-1-abc', decision: 'approve', by: 'ann', answer: 'accepted' },
      { approval: 't1-1-abc', decision: 'reject', by: 'bert', answer: 'refused' },
    ],
    approvals: [{ id: 't1-1-abc', subject: 'tool', tool: 'send', item: 'deed' }],
    ...changes,
  };
}

const unknownAsked = { id: 't1-1-unk', subject: 'unknown_outcome', tool: 'send', item: 'deed' };

/** What the oracle must object to, each as one change of evidence that is in order. */
const wrong: Record<string, readonly [changes: Partial<AgentEvidence>, complaint: RegExp]> = {
  'an agent that is stuck without a word': [{ status: 'thinking' }, /thinking and does not say/],
  'an agent that waits when everybody has answered': [
    { status: 'waiting', waitsFor: ['event'] },
    /waiting for event/,
  ],
  'a step that ended twice': [{ steps: [tool([completed, completed])] }, /completed 2 times/],
  'a step that ran again after its end': [{ steps: [tool([completed, lost])] }, /again after it had ended/],
  'a lost tool call that ran again and nobody had said so': [
    { steps: [tool([lost, completed])] },
    /asked for 2 times, people or its tool said so 0 times/,
  ],
  'a lost tool call that ran again although its tool said that it was done': [
    { steps: [tool([lost, completed]), asked('done')] },
    /people or its tool said so 0 times/,
  ],
  'an effect that happened twice': [
    { effects: [effect(), effect()] },
    /happened 2 times, there was leave for 1/,
  ],
  'an effect under another key': [{ effects: [effect('deed', 'other')] }, /never claimed: other/],
  'a success without an effect': [{ effects: [] }, /told that deed \(s0-0\) was done; it was not/],
  'a rejected call that happened': [
    { told: [{ callId: 's0-0', item: 'deed', ok: false, byPerson: false, errorType: 'Rejected' }] },
    /was refused \(Rejected\) and happened/,
  ],
  'a call with two results': [{ told: [...evidence().told, ...evidence().told] }, /call s0-0 has 2 results/],
  'a call without a result': [{ told: [] }, /call s0-0 has no result/],
  'a reply that was lost': [{ asked: ['f5'] }, /ended after 0 of 1 calls/],
  'a reply that was taken twice': [{ asked: ['s0-0', 's0-0', 'f5'] }, /came as s0-0 s0-0, not as planned/],
  'a question about an effect whose step had been recorded': [
    {
      approvals: [...evidence().approvals, unknownAsked],
      followed: [...evidence().followed, { approval: 't1-1-unk', decision: 'respond' }],
    },
    /asks about deed, which was never lost/,
  ],
  'a message that was heard twice': [{ heard: ['eva-1', 'eva-1', 'eva-2'] }, /eva-1 was heard 2 times/],
  'a message that was accepted and lost': [{ heard: ['eva-2'] }, /eva-1 was accepted and never heard/],
  'messages out of order': [{ heard: ['eva-2', 'eva-1'] }, /of eva were heard in the order 2 1/],
  'a message that nobody sent': [{ heard: ['eva-1', 'eva-2', 'eva-3'] }, /eva-3 was heard and never sent/],
  'a message that was refused and heard': [
    { messages: evidence().messages.map((sent) => ({ ...sent, answer: 'refused' })) },
    /eva-1 was refused and heard/,
  ],
  'a message in order that was refused': [
    { messages: [{ id: 'eva-1', by: 'eva', number: 1, answer: 'refused', why: 'Conflict: no' }] },
    /eva-1 was refused: Conflict: no/,
  ],
  'a question that was decided twice': [
    { followed: [...evidence().followed, { approval: 't1-1-abc', decision: 'reject' }] },
    /decided 2 times/,
  ],
  'a question that was never decided': [{ followed: [] }, /t1-1-abc was never decided/],
  'a person who was told something else than what was done': [
    { followed: [{ approval: 't1-1-abc', decision: 'reject' }] },
    /ann was told that approve counts for t1-1-abc; the agent followed reject/,
  ],
  'a decision for a question that nobody asked': [
    { followed: [...evidence().followed, { approval: 't9-1-fff', decision: 'approve' }] },
    /t9-1-fff counted, which was never asked/,
  ],
};

describe('the oracle', () => {
  it('has nothing against an agent that survived', () => {
    assert.deepEqual(violationsOf(evidence()), []);
  });

  it('has nothing against a lost call that people had run again', () => {
    const decided = { approval: 't1-1-unk', decision: 'approve' };
    const again = evidence({
      steps: [tool([lost, completed])],
      approvals: [...evidence().approvals, unknownAsked],
      followed: [...evidence().followed, decided],
    });
    assert.deepEqual(violationsOf(again), []);
  });

  it('has nothing against a message whose sender never got an answer and that never came', () => {
    assert.deepEqual(violationsOf(evidence({ heard: ['eva-1'] })), []);
  });

  it('has nothing against a call that ran again because its tool said that it was not done, however often it was lost', () => {
    const reconciled = {
      ...asked('not-done'),
      asked: [asked('not-done').asked, asked('not-done').asked].flat(),
    };
    assert.deepEqual(violationsOf(evidence({ steps: [tool([lost, lost, completed]), reconciled] })), []);
  });

  for (const [what, [changes, complaint]] of Object.entries(wrong)) {
    it(`objects to ${what}`, () => {
      const found = violationsOf(evidence(changes));
      assert.ok(
        found.some((violation) => complaint.test(violation)),
        found.join('; ') || 'it found nothing',
      );
    });
  }
});
