import assert from 'node:assert/strict';
import { Duration, durationMs, MAX_DURATION_MS, parseDuration } from '../../src/contracts/duration.ts';

describe('durations', () => {
  const good: [string, number][] = [
    ['90s', 90_000],
    ['1.5s', 1_500],
    ['10m', 600_000],
    ['2h', 7_200_000],
    ['2d', 172_800_000],
    ['366d', MAX_DURATION_MS],
    ['PT1H30M', 5_400_000],
    ['P1D', 86_400_000],
    ['P1DT12H', 129_600_000],
    ['P2W', 1_209_600_000],
    ['PT0.5S', 500],
  ];
  for (const [text, ms] of good) {
    it(`${text} is ${ms} ms`, () => {
      assert.equal(durationMs(text), ms);
      assert.ok(Duration.safeParse(text).success);
    });
  }

  const bad = [
    ...[
      '',
      ' ',
      '10',
      's',
      '10 m',
      '-5m',
      '+5m',
      '1e3s',
      '0s',
      '0d',
      '367d',
      '10M',
      '1y',
      '1h30m',
      'Infinitys',
      'NaNd',
    ],
    ...['P', 'PT', 'P1DT', 'P1M', 'P1Y', 'PT0S', 'P-1D', 'p1d', '٣m', `${'9'.repeat(400)}d`],
  ];
  for (const text of bad) {
    it(`${JSON.stringify(text.slice(0, 20))} is refused`, () => {
      assert.equal(parseDuration(text), undefined);
      assert.equal(Duration.safeParse(text).success, false);
      assert.throws(() => durationMs(text), RangeError);
    });
  }
});
