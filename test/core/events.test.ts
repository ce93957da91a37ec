import assert from 'node:assert/strict';
import { wakesOf } from '../../src/core/clock.ts';
import { call, DAY_MS, HOUR_MS, startedAgent } from '../support/agent-builder.ts';

describe('events and timers', () => {
  it('an event wakes the call that waits for it, and no other', () => {
    const agent = startedAgent().asks(
      call('wait_for_event', { name: 'mail' }),
      call('wait_for_event', { name: 'mail' }),
      call('wait_for_event', { name: 'fax' }),
    );
    agent.send('event', { name: 'mail', payload: { from: 'x' } });
    assert.deepEqual(
      agent.state.calls.map(({ status }) => status),
      ['done', 'waiting', 'waiting'],
    );
    agent.send('event', { name: 'mail' });
    agent.send('event', { name: 'fax', payload: [1] });
    assert.deepEqual(agent.results, [
      { ok: true, result: { name: 'mail', payload: { from: 'x' } } },
      { ok: true, result: { name: 'mail', payload: null } },
      { ok: true, result: { name: 'fax', payload: [1] } },
    ]);
  });

  it('an event that came first is kept for the call that asks for it', () => {
    const agent = startedAgent();
    for (const n of [1, 2]) agent.send('event', { name: 'mail', payload: n });
    agent.asks(call('wait_for_event', { name: 'mail' }));
    assert.deepEqual(agent.results, [{ ok: true, result: { name: 'mail', payload: 1 } }]);
    assert.deepEqual(
      agent.state.events.map(({ payload }) => payload),
      [2],
    );
  });

  it('an awaited event is taken even when the queue is full', () => {
    const agent = startedAgent();
    for (let n = 0; n < 1_000; n += 1) agent.send('event', { name: 'noise' });
    agent.asks(call('wait_for_event', { name: 'mail' }));
    assert.equal(agent.send('event', { name: 'mail' }), undefined);
    assert.deepEqual(agent.lastResults(1), ['ok']);
  });

  it('no event in time is told to the model', () => {
    const agent = startedAgent().asks(call('wait_for_event', { name: 'mail', timeout: '1h' }));
    agent.wait(HOUR_MS - 1);
    assert.equal(agent.state.status, 'waiting');
    agent.wait(1);
    assert.deepEqual(agent.lastResults(1), ['Expired']);
    const patient = startedAgent().asks(call('wait_for_event', { name: 'mail' }));
    assert.equal((wakesOf(patient.state)[0]?.at ?? 0) - patient.now, 30 * DAY_MS);
  });

  it('a sleep ends at its time; one in the past at once; one beyond a year is refused', () => {
    const agent = startedAgent().asks(call('sleep_until', { at: '2026-03-02T10:00:00+01:00' }));
    agent.wait(HOUR_MS - 1);
    assert.equal(agent.state.status, 'waiting');
    agent.wait(1);
    assert.equal(agent.state.status, 'thinking');
    agent.asks(
      call('sleep_until', { at: '2020-01-01T00:00:00Z' }),
      call('sleep_until', { at: '2028-01-01T00:00:00Z' }),
    );
    assert.deepEqual(agent.lastResults(2), ['ok', 'Invalid']);
  });

  it('everything that is due happens at once', () => {
    const agent = startedAgent().asks(
      call('sleep_until', { after: '1h' }),
      call('wait_for_event', { name: 'e', timeout: '2h' }),
      call('shout', { what: 'a' }),
    );
    assert.equal(wakesOf(agent.state).length, 3);
    agent.wait(30 * DAY_MS);
    assert.deepEqual(agent.lastResults(3), ['ok', 'Expired', 'Expired']);
  });
});
