import assert from 'node:assert/strict';
import type { TimelineItem } from '../../../src/contracts/answers.ts';
import type { ContextEntry, Transition } from '../../../src/contracts/state.ts';
import { timelineRows } from '../../../src/client/web/agent/timeline-rows.ts';

const entry = (turn: number, at: number, message: ContextEntry['message']): TimelineItem => ({
  ...{ kind: 'message', turn, at },
  entry: { turn, at, message },
});
const change = (turn: number, at: number, of: Partial<Transition>): TimelineItem => ({
  ...{ kind: 'transition', turn, at },
  transition: { revision: at, from: 'thinking', to: 'acting', cause: 'x', actor: 'agent', at, turn, ...of },
});
const call = (id: string, name: string) => ({ id, name, args: { type: 'parsed', value: { a: 1 } } }) as const;

const items: TimelineItem[] = [
  entry(0, 1_000, { role: 'user', text: 'Go.' }),
  entry(0, 1_000, { role: 'user', text: 'Now.' }),
  entry(1, 2_000, { role: 'assistant', text: 'I go.', calls: [call('c1', 'pay'), call('c2', 'ask')] }),
  change(1, 2_001, {}),
  change(1, 2_002, { from: 'acting', to: 'waiting', cause: 'calls-assessed' }),
  change(1, 500_000, { from: 'waiting', to: 'waiting', actor: 'ann', cause: 'approve t1-1-abcdef' }),
  entry(1, 500_500, {
    ...{ role: 'tool', callId: 'c1', name: 'pay' },
    text: JSON.stringify({ ok: false, error: { type: 'Rejected', message: 'no' } }),
  }),
];

describe('the timeline', () => {
  it('shows each call with what was told of it, and what people did; folds what took long', () => {
    const rows = timelineRows(items, { everyChange: false });
    assert.deepEqual(
      rows.map(({ kind, turn }) => `${turn} ${kind}`),
      ['0 turn', '0 said', '0 said', '1 turn', '1 said', '1 call', '1 call', '1 change', '1 change'],
    );
    const [paid, asked] = rows.filter((row) => row.kind === 'call');
    assert.equal(paid?.told?.outcome?.ok, false);
    assert.equal(asked?.told, undefined);
  });

  it('names every change of status when asked to', () => {
    const changes = timelineRows(items, { everyChange: true }).filter(({ kind }) => kind === 'change');
    assert.equal(changes.length, 3);
  });

  it('says how long nothing happened', () => {
    const waited = [items[0]!, change(1, 3_601_000, { actor: 'ann', cause: 'resume' })];
    const gap = timelineRows(waited, { everyChange: false }).find((row) => row.kind === 'gap');
    assert.equal(gap?.ms, 3_600_000);
  });

  it('has a key of its own for each row', () => {
    const keys = timelineRows(items, { everyChange: true }).map(({ key }) => key);
    assert.equal(new Set(keys).size, keys.length);
  });
});
