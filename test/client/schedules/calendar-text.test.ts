import assert from 'node:assert/strict';
import { calendarText } from '../../../src/client/schedules/calendar-text.ts';

const every = { month: [{ start: 1, end: 12 }], dayOfMonth: [{ start: 1, end: 31 }] };
const anyDay = { dayOfWeek: [{ end: 6 }] };

describe("a calendar of the server's as a cron text", () => {
  it('leaves out what is not said', () => {
    assert.equal(calendarText({}), '0 0 * * *');
    assert.equal(
      calendarText({ ...every, ...anyDay, second: [{}], minute: [{}], hour: [{ start: 7 }] }),
      '0 7 * * *',
    );
  });

  it('has ranges, steps and lists', () => {
    const minute = [{ start: 0, end: 59, step: 15 }];
    const hour = [{ start: 8, end: 18, step: 2 }, { start: 22 }];
    const dayOfWeek = [{ start: 1, end: 5 }];
    assert.equal(calendarText({ ...every, minute, hour, dayOfWeek }), '*/15 8-18/2,22 * * 1-5');
  });

  it('names years, seconds and its comment', () => {
    const year = [{ start: 2_030 }];
    assert.equal(calendarText({ year }), '0 0 * * * 2030');
    assert.equal(
      calendarText({ second: [{ end: 59 }], comment: 'each second' }),
      '* 0 0 * * * * # each second',
    );
  });

  it('takes 7 for Sunday as the server does', () => {
    assert.equal(calendarText({ dayOfWeek: [{ start: 7 }] }), '0 0 * * 7');
    assert.equal(calendarText({ dayOfWeek: [{ start: 0, end: 7 }] }), '0 0 * * *');
  });
});
