import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { Caller } from '../api.ts';
import type { Problem } from '../http-desk.ts';
import { type Stage, until } from '../stage.ts';

const SECOND_MS = 1_100;

interface Desk {
  readonly stage: Stage;
  /** An operator, at least. */
  readonly oz: Caller;
}

/** What starts agents otherwise than by their definition, sent twice under a key. The stage has an agent `told`. */
export function startsOnce(desk: () => Desk): void {
  it('forks an agent once under a key, and tells another fork from a repeat', async () => {
    const { oz } = desk();
    const key = { 'idempotency-key': 'fork-1' };
    const fork = (more: object = {}) => oz.post('/agents/told/fork', { turn: 0, again: true, ...more }, key);
    const [one, other] = [await fork(), await fork()];
    assert.deepEqual([one.status, one.body['repeated'], other.body['repeated']], [201, false, true]);
    assert.match(String(one.body['agent']), /^told\.fork-0-/);
    assert.equal(other.body['agent'], one.body['agent']);
    const refused = await oz.post<Problem>('/agents/told/fork', { turn: 0, tools: 'dry' }, key);
    assert.deepEqual([refused.status, refused.body.code], [422, 'KeyReused']);
    await oz.post(`/agents/${String(one.body['agent'])}/stop`);
  });

  it('has a schedule act once under a key', async () => {
    const { oz, stage } = desk();
    const { schedules } = stage.gateway;
    const start = { agent: 'clerk', input: 'Go.', model: 'none' };
    await schedules.create({ id: 'yearly', timing: { cron: '0 0 1 1 *' }, action: { kind: 'start', start } });
    const trigger = async (key: string) => {
      // What is told a schedule within the same second is one action.
      await pause(SECOND_MS);
      assert.equal((await oz.post('/schedules/yearly/trigger', {}, { 'idempotency-key': key })).status, 200);
    };
    const taken = async () => (await schedules.describe('yearly')).counts.taken;
    await trigger('t1');
    await until('it acted', async () => (await taken()) === 1);
    await trigger('t1');
    await trigger('t2');
    await until('it acted again', async () => (await taken()) >= 2);
    await pause(2 * SECOND_MS);
    assert.equal(await taken(), 2);
    await schedules.delete('yearly');
  });
}
