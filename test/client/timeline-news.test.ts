import assert from 'node:assert/strict';
import { TimelineNews } from '../../src/client/timeline-news.ts';
import type { TimelineItem } from '../../src/contracts/timeline.ts';

const turn = (number: number, at = number): TimelineItem => ({
  kind: 'turn',
  id: `turn:${number}`,
  turn: number,
  at,
  endedAt: at,
});
const upTo = (last: number, at?: number) => ({
  items: Array.from({ length: last }, (_, index) => turn(index + 1, at)),
  lastTurn: last,
});

describe('what is new in a timeline', () => {
  it('is told once', () => {
    const news = new TimelineNews(0, (item) => JSON.stringify(item));
    assert.equal(news.take(upTo(3)).length, 3);
    assert.deepEqual(
      news.take(upTo(4)).map(({ turn: number }) => number),
      [4],
    );
    assert.equal(news.from, 4);
  });

  it('is all that follows the turn to which the agent was set back', () => {
    const news = new TimelineNews(2, (item) => JSON.stringify(item));
    news.take(upTo(12));
    assert.deepEqual([news.take({ items: [], lastTurn: 4 }), news.isBehind, news.from], [[], true, 4]);
    assert.deepEqual(
      news.take(upTo(5, 100)).map(({ turn: number }) => number),
      [4, 5],
    );
    assert.equal(news.isBehind, false);
  });

  it('does not begin before the turn that it was asked to begin with', () => {
    const news = new TimelineNews(8, (item) => JSON.stringify(item));
    assert.deepEqual([news.take(upTo(3)), news.isBehind], [[], false]);
    news.take(upTo(9));
    news.take({ items: [], lastTurn: 1 });
    assert.equal(news.from, 8);
  });
});
