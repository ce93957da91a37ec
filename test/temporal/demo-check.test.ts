import assert from 'node:assert/strict';
import type { LiveActivity } from '../../src/client/live.ts';
import { checkOf } from '../../temporal/demo-check.ts';
import { statusSample } from '../client/samples.ts';

const acting = statusSample({ status: 'acting', interruptions: [], approvals: [] });
const waiting = statusSample({ status: 'waiting', interruptions: [], approvals: [] });

describe('a demo whose worker does nothing', () => {
  let now = 0;
  let told: string[] = [];
  beforeEach(() => {
    now = 0;
    told = [];
  });

  function checked(unattended: boolean) {
    const tell = (line: string): void => {
      told.push(line);
    };
    const check = checkOf({ children: [], logsDir: '/logs', unattended, now: () => now, tell });
    return (seconds: number, status = acting, mark = 'r/7', activities: LiveActivity[] = []): void => {
      now = seconds * 1_000;
      check({ live: { mark, activities }, status });
    };
  }

  it('says so once, and again when it was heard of meanwhile', () => {
    const look = checked(false);
    for (const seconds of [0, 19, 21, 30, 9_999]) look(seconds);
    assert.deepEqual(told, ['The worker has done nothing for 20 s; its log is in /logs']);
    look(10_000, acting, 'r/8');
    look(10_021, acting, 'r/8');
    assert.equal(told.length, 2);
  });

  it('ends after five minutes if nobody attends', () => {
    const look = checked(true);
    look(0);
    look(299);
    assert.throws(
      () => {
        look(301);
      },
      { name: 'SetupError', message: /did nothing any more, and nobody attends/ },
    );
  });

  it('gives what an agent waits for its time from when the demo sees it, however old it is', () => {
    const look = checked(true);
    const event = statusSample().interruptions[0] ?? assert.fail();
    const asking = statusSample({
      status: 'waiting',
      interruptions: [{ ...event, since: '2020-01-01T00:00:00.000Z' }],
    });
    look(0, asking);
    look(300, asking);
    assert.throws(() => {
      look(301, asking);
    }, /The agent waits for .* and nobody attends/);
  });

  it('takes a heartbeat, another attempt and a wait for signs that it is there', () => {
    const look = checked(true);
    const step = { id: 's1', type: 'callModel', state: 'started', attempt: 1 };
    look(0, acting, 'r/7', [{ ...step, lastHeartbeatAt: '2026-03-02T12:00:01.000Z' }]);
    look(290, acting, 'r/7', [{ ...step, lastHeartbeatAt: '2026-03-02T12:04:50.000Z' }]);
    look(580, acting, 'r/7', [{ ...step, attempt: 2 }]);
    look(870, waiting, 'r/8');
    look(9_870, waiting, 'r/8');
    look(9_871, acting, 'r/9');
    assert.throws(
      () => {
        look(10_172, acting, 'r/9');
      },
      { name: 'SetupError' },
    );
  });

  it('ends when a process has ended', () => {
    const child = {
      name: 'worker',
      exit: () => ({ code: 1, signal: null }),
      lastLines: () => 'out of memory',
    };
    const check = checkOf({ children: [child], logsDir: '/logs', unattended: false });
    assert.throws(
      () => {
        check({ live: { mark: 'r/7', activities: [] }, status: acting });
      },
      {
        name: 'SetupError',
        message: 'The worker stopped: out of memory',
      },
    );
  });
});
