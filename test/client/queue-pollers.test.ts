import assert from 'node:assert/strict';
import { thereOf } from '../../src/client/queue-pollers.ts';

const now = Date.parse('2026-11-27T10:00:00Z');

function polled(...secondsAgo: number[]): number[] {
  const pollers = secondsAgo.map((ago) => ({
    ago,
    lastAccessTime: { seconds: now / 1_000 - ago, nanos: 0 },
  }));
  return thereOf(pollers, now).map(({ ago }) => ago);
}

describe('a worker', () => {
  it('is there as long as its last poll may last', () => {
    assert.deepEqual(polled(0, 60, 74, 76, 280), [0, 60, 74]);
    assert.deepEqual(polled(), []);
  });

  it("is judged by the latest poll where this machine's clock is behind", () => {
    assert.deepEqual(polled(-600, -550, -500, -60), [-600, -550]);
  });
});
