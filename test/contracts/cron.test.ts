import assert from 'node:assert/strict';
import { cronProblem } from '../../src/contracts/cron.ts';

describe('cron texts', () => {
  const right = [
    '0 7 * * 1-5',
    '*/15 8-18/2 1,15 jan-mar MON-fri',
    ' 30  12 * * Fri ',
    '0 0 1 1 * 2030',
    '* * * * * * *',
    '0 0 * * 7',
    '5/10 * * * su',
    '@daily',
  ];
  for (const text of right) {
    it(`takes ${text}`, () => {
      assert.equal(cronProblem(text), undefined);
    });
  }

  const wrong: readonly [string, RegExp][] = [
    ['', /5 fields/],
    ['0 7 * *', /5 fields/],
    ['0 0 0 0 0 0 0 0', /5 fields/],
    ['60 7 * * *', /minute: 60 is not from 0 to 59/],
    ['0 24 * * *', /hour: 24/],
    ['0 7 0 * *', /day of month: 0/],
    ['0 7 * 13 *', /month: 13/],
    ['0 7 * ja *', /month: ja/],
    ['0 7 * * 8', /day of week: 8/],
    ['0 7 * * m', /day of week: m/],
    ['0 7 * * 5-1', /5-1 ends before it begins/],
    ['0 7 * * 1-3-5', /1-3-5 is no range/],
    ['*/0 7 * * *', /step 0/],
    ['*/2/3 7 * * *', /more than one step/],
    ['1,,2 7 * * *', /minute: {2}is not/],
    ['@often', /no such shorthand/],
    ['TZ=UTC 0 7 * * *', /field of its own/],
    ['0 7 * * * 1999', /year: 1999/],
  ];
  for (const [text, says] of wrong) {
    it(`refuses ${text}`, () => {
      assert.match(cronProblem(text) ?? '', says);
    });
  }
});
