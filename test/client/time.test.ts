import assert from 'node:assert/strict';
import { clock, since, span, until } from '../../src/client/cli/view/time.ts';

const now = new Date(2026, 10, 23, 10, 0).getTime();
const at = (...parts: [number, number, number, number, number]): string => new Date(...parts).toISOString();

describe('times for people', () => {
  const spans: [number, string][] = [
    [0, '0 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [3_599_999, '59 min'],
    [47 * 3_600_000, '47 h'],
    [48 * 3_600_000, '2 d'],
  ];
  for (const [ms, text] of spans)
    it(`calls ${ms} ms ${text}`, () => {
      assert.equal(span(ms), text);
    });

  it('names today by the time, this year by the day, another year in full', () => {
    assert.equal(clock(at(2026, 10, 23, 8, 5), now), '08:05');
    assert.equal(clock(at(2026, 10, 25, 10, 0), now), '25 Nov 10:00');
    assert.equal(clock(at(2027, 0, 2, 0, 0), now), '2 Jan 2027 00:00');
  });

  it('says how long ago and how long still', () => {
    assert.equal(since(at(2026, 10, 23, 9, 57), now), '3 min');
    assert.equal(until(at(2026, 10, 25, 10, 0), now), '25 Nov 10:00 (in 2 d)');
    assert.equal(until(at(2026, 10, 23, 9, 0), now), '09:00 (1 h ago)');
  });
});
