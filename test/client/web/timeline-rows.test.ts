import assert from 'node:assert/strict';
import type { Transition } from '../../../src/contracts/state.ts';
import { TimelineItem } from '../../../src/contracts/timeline.ts';
import { timelineRows, usageByTurn } from '../../../src/client/web/agent/timeline-rows.ts';

const change = (revision: number, of: Partial<Transition>): TimelineItem => ({
  ...{ kind: 'transition', id: `revision:${revision}`, turn: 1, at: 1 },
  transition: {
    ...{ revision, from: 'thinking', to: 'acting', cause: 'x', actor: 'agent', at: 1, turn: 1 },
    ...of,
  },
});

const items: TimelineItem[] = [
  { kind: 'turn', id: 'turn:1', turn: 1, at: 1 },
  change(1, {}),
  change(2, { from: 'waiting', to: 'waiting', actor: 'ann', cause: 'approve t1-1-abcdef' }),
  change(3, { from: 'waiting', to: 'waiting', actor: 'ann', cause: 'message' }),
  change(4, { from: 'waiting', to: 'waiting', actor: 'ann', cause: 'decide refused: it is over' }),
  change(5, { from: 'thinking', to: 'paused', actor: 'ann', cause: 'pause: lunch' }),
  change(6, { from: 'acting', to: 'waiting', cause: 'calls-assessed' }),
];
const shown = (everyChange: boolean) => timelineRows(items, { show: 'all', everyChange }).map(({ id }) => id);

describe('what a turn has used', () => {
  it('is the sum of what its models did', () => {
    const model = (turn: number, usage?: object) =>
      TimelineItem.parse({
        ...{ kind: 'model', id: `m${turn}`, turn, at: 1, model: 'm', contextHash: 'h', maxOutputTokens: 1 },
        ...(usage ? { usage: { ...usage, usd: 0.5, estimated: false } } : {}),
      });
    const used = { inputTokens: 10, outputTokens: 2 };
    const turns = usageByTurn([model(1, used), model(1, used), model(2, used), model(3), ...items]);
    assert.deepEqual(
      [...turns],
      [
        [1, { inputTokens: 20, outputTokens: 4, usd: 1 }],
        [2, { inputTokens: 10, outputTokens: 2, usd: 0.5 }],
      ],
    );
  });
});

describe('the lines of a timeline', () => {
  it('leave out the changes of status that other lines tell of, and no others', () => {
    assert.deepEqual(shown(false), ['turn:1', 'revision:4', 'revision:5']);
  });

  it('are those of one kind under their turns when asked to', () => {
    const wait: TimelineItem = {
      ...{ kind: 'wait', id: 'wait:1', turn: 2, at: 5 },
      ...{ wait: 'timer', summary: 'sleeps' },
    };
    const second: TimelineItem = { kind: 'turn', id: 'turn:2', turn: 2, at: 4 };
    const rows = timelineRows([...items, second, wait], { show: 'wait', everyChange: true });
    assert.deepEqual(
      rows.map(({ id }) => id),
      ['turn:2', 'wait:1'],
    );
  });

  it('have every change of status when asked to', () => {
    assert.equal(shown(true).length, items.length);
  });
});
