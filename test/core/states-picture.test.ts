import assert from 'node:assert/strict';
import { TimelineItem } from '../../src/contracts/timeline.ts';
import { statesPicture } from '../../src/core/timeline/states-picture.ts';

const change = (from: string, to: string, revision: number): TimelineItem =>
  TimelineItem.parse({
    ...{ id: `t${revision}`, kind: 'transition', turn: 0, at: revision },
    transition: { from, to, revision, turn: 0, at: revision, cause: 'x', actor: 'agent' },
  });

describe('a picture of the statuses of an agent', () => {
  it('counts each way that it went, and begins and ends where it did', () => {
    const ways = ['starting', 'thinking', 'acting', 'thinking', 'acting', 'acting', 'completed'];
    const items = ways.slice(1).map((to, index) => change(ways[index] ?? '', to, index));
    assert.deepEqual(statesPicture(items).split('\n'), [
      'stateDiagram-v2',
      '  [*] --> starting',
      '  starting --> thinking: once',
      '  thinking --> acting: 2 times',
      '  acting --> thinking: once',
      '  acting --> completed: once',
      '  completed --> [*]',
    ]);
  });

  it('of some turns is neither begun nor ended', () => {
    assert.deepEqual(statesPicture([change('acting', 'waiting', 1)]).split('\n'), [
      'stateDiagram-v2',
      '  acting --> waiting: once',
    ]);
    assert.equal(statesPicture([]), 'stateDiagram-v2');
  });
});
