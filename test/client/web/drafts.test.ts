import assert from 'node:assert/strict';
import { emptyStart, readStart, suggestedId } from '../../../src/client/web/start/start-draft.ts';
import { forkDraftAt, readFork } from '../../../src/client/web/travel/fork-draft.ts';
import { pointOf } from '../../../src/client/web/travel/fork-point.ts';
import { TimelineItem } from '../../../src/contracts/timeline.ts';

const start = { ...emptyStart, agent: 'clerk' };

const message = (id: string, readIn: number, text: string): TimelineItem =>
  TimelineItem.parse({ id, kind: 'message', turn: 0, at: 0, what: 'message', text, readAt: 1, readIn });

const call = (outcome: object): TimelineItem =>
  TimelineItem.parse({
    ...{ id: 'c', kind: 'call', turn: 3, at: 0, index: 1, name: 'read', effect: 'pure', key: 'k' },
    ...{ args: { proposed: { type: 'parsed', value: {} } }, facts: {}, verdicts: [], approvals: [] },
    modelCallId: 'm',
    ...{ steps: [], status: 'done', outcome },
  });

describe('a form that starts an agent', () => {
  it('sends only what was filled in', () => {
    assert.deepEqual(readStart(start, 'clerk-1'), {
      ok: true,
      request: { agent: 'clerk', input: '', id: 'clerk-1' },
    });
    const draft = {
      ...start,
      id: ' mine ',
      budget: { turns: '5', tokens: '', usd: '0.5' },
      labels: 'a=b=c\n',
    };
    assert.deepEqual(readStart(draft, 'clerk-1'), {
      ok: true,
      request: {
        agent: 'clerk',
        input: '',
        id: 'mine',
        budget: { turns: 5, usd: 0.5 },
        labels: { a: 'b=c' },
      },
    });
  });

  it('says what is wrong with which field', () => {
    const draft = {
      ...start,
      id: '',
      budget: { turns: '1.5', tokens: 'many', usd: '-1' },
      labels: 'nothing',
    };
    const read = readStart(draft, 'clerk-1');
    assert.ok(!read.ok);
    assert.deepEqual(Object.keys(read.problems).toSorted(), ['id', 'labels', 'tokens', 'turns', 'usd']);
  });

  it('suggests an id within reach', () => {
    assert.equal(suggestedId('clerk', '1', []), 'clerk-1');
    assert.equal(suggestedId('clerk', '1', ['clerk', 'x-']), 'clerk-1');
    assert.equal(suggestedId('clerk', '1', ['x-']), 'x-clerk-1');
  });
});

describe('a form that forks an agent', () => {
  it('begins where a line was, with what the line tells ready to be changed', () => {
    const items = [message('a', 2, 'first'), message('b', 2, 'second'), message('c', 3, 'third')];
    assert.deepEqual(pointOf(items[1]!, items), {
      turn: 2,
      message: { turn: '2', nth: '2', text: 'second' },
    });
    const point = pointOf(call({ ok: true, result: { n: 1 } }), []);
    assert.deepEqual(readFork(forkDraftAt(point), 3), {
      ok: true,
      request: { turn: 3, tools: 'recorded', results: [{ turn: 3, call: 2, result: { n: 1 } }] },
    });
    assert.deepEqual(pointOf(call({ ok: false, error: { type: 'Gone', message: '' } }), []), { turn: 3 });
  });

  it('starts nothing live without a yes, beyond the last turn, or with what is no JSON', () => {
    const draft = forkDraftAt({ turn: 4, result: { turn: '1', call: '0', result: 'oops' } });
    const read = readFork({ ...draft, tools: 'live' }, 3);
    assert.ok(!read.ok);
    assert.deepEqual(Object.keys(read.problems).toSorted(), ['result 0', 'tools', 'turn']);
    assert.ok(readFork({ ...forkDraftAt({ turn: 3 }), tools: 'live', isLiveAgreed: true }, 3).ok);
  });
});
