import assert from 'node:assert/strict';
import type { Json, JsonObject } from '../../src/contracts/json.ts';
import { conditionProblem, holds } from '../../src/core/condition.ts';
import { type Steps, stepsForEvents, stepsForOne } from '../../src/core/condition-steps.ts';
import { call, startedAgent } from '../support/agent-builder.ts';

const sixteen = `[${Array.from({ length: 16 }, (_, at) => at).join(',')}]`;
const body = Array.from({ length: 90 }, () => 'a!=99').join('&&');
/** No list is long and no loop is deep, but together they take millions of steps. */
const heavy = `${sixteen}.all(a,${sixteen}.all(b,${sixteen}.all(c,${sixteen}.all(d,${body}))))&&false`;

const MANY = 400_000;

function spentOn(condition: string, values: JsonObject): number {
  const account: Steps = { left: MANY };
  holds(condition, values, account);
  return MANY - account.left;
}

describe('the steps of conditions', () => {
  const numbers = Array.from({ length: 10_000 }, (_, at) => at);
  const spending: [string, string, Json][] = [
    ['what a loop says is long', heavy, null],
    [
      'long lists are compared',
      'payload.a == payload.b && payload.a == [payload.b]',
      { a: numbers, b: [...numbers] },
    ],
    ['a list is searched for each of its items', 'payload.all(a, a in payload)', numbers.slice(0, 2_000)],
    ['a list that was made is compared', 'payload.filter(a, true) == payload.map(a, a)', numbers],
    [
      'a name stands for a list',
      'cel.bind(x, payload, x == x && x != [0.0] && x != [1.0])',
      [numbers, numbers],
    ],
    [
      'either of two lists is compared',
      '(size(payload) > 1 ? payload : []) == (true ? payload : [])',
      numbers,
    ],
    ['each item goes wrong', 'payload.all(a, a.missing > 1)', numbers.slice(0, 1_000)],
    [
      'a text is gone through again and again',
      'payload.a.all(a, size(payload.b) > 1)',
      { a: numbers.slice(0, 50), b: 'x'.repeat(40_000) },
    ],
    [
      'calendars are made',
      '[1, 2, 3, 4].all(a, [1, 2, 3, 4, 5, 6, 7, 8].all(b, timestamp(0).getHours("Asia/Tokyo") > 1))',
      null,
    ],
  ];
  for (const [what, condition, payload] of spending) {
    it(`are too many where ${what}`, () => {
      assert.equal(conditionProblem(condition), undefined);
      const values = { name: 'x', payload };
      const account = { left: 20_000 };
      assert.deepEqual(holds(condition, values, account), { problem: 'it takes too many steps' });
      const far = spentOn(condition, values);
      assert.ok(far > 20_000 && far === spentOn(condition, values), `${far}`);
    });
  }

  it('are few where little is looked at, however large the whole is', () => {
    const payload = { amount: 5, kind: 'box', items: numbers.map((id) => ({ id, kind: 'box' })) };
    assert.ok(
      spentOn('payload.amount > 3.0 && payload.kind == "box" && size(payload.items) > 1', { payload }) <
        100_000,
    );
    assert.ok(spentOn('payload.amount > 3.0 && payload.kind == "box"', { payload }) < 100);
    assert.ok(spentOn('payload.items[3].id == 3', { payload }) < 100);
  });

  it('are the same whether a condition was read before or not, and whatever went wrong before', () => {
    const condition = 'payload.all(a, a.b > 1)';
    const counted = [[{ b: 2 }], [{}], [{ b: 2 }], [1], [{ b: 2 }]].map((payload) =>
      spentOn(condition, { payload }),
    );
    assert.deepEqual([counted[2], counted[4]], [counted[0], counted[0]]);
  });

  it('are shared by all that is asked in one go', () => {
    const account = stepsForOne();
    const condition = 'payload.all(a, payload.exists(b, a == b))';
    const payload = numbers.slice(0, 100);
    const outcomes = Array.from({ length: 10 }, () => holds(condition, { payload }, account));
    assert.equal(outcomes[0], true);
    assert.deepEqual(outcomes.at(-1), { problem: 'it takes too many steps' });
  });

  it('are enough for an event to be gone through item by item', () => {
    const payload = { items: Array.from({ length: 1_500 }, (_, id) => ({ id, kind: 'box' })) };
    const account = stepsForEvents(JSON.stringify(payload).length);
    for (let waits = 0; waits < 3; waits += 1)
      assert.equal(holds('payload.items.exists(item, item.id == 1499)', { payload }, account), true);
  });

  it('of filters never hold up an agent, whatever comes: what a filter has no steps left for is kept', () => {
    const agent = startedAgent().asks(
      call('wait_for_event', { name: 'mail', filter: 'payload.n == 7.0' }),
      ...Array.from({ length: 30 }, () => call('wait_for_event', { name: 'mail', filter: heavy })),
      call('wait_for_event', { name: 'mail' }),
    );
    const statuses = () => [0, 1, 31].map((index) => agent.call(index).status);
    assert.deepEqual(statuses(), ['waiting', 'waiting', 'waiting']);
    agent.send('event', { name: 'mail', payload: { n: 1 } });
    assert.deepEqual(statuses(), ['waiting', 'waiting', 'done']);
    for (let n = 0; n < 300; n += 1)
      assert.equal(agent.send('event', { name: 'mail', payload: { n: 1 } }), undefined);
    agent.send('event', { name: 'mail', payload: { n: 7 } });
    assert.deepEqual(statuses(), ['done', 'waiting', 'done']);
    assert.equal(agent.state.events.length, 300);
  }).timeout(10_000);

  it('of filters over what was kept are bounded together', () => {
    const agent = startedAgent();
    for (let n = 0; n < 2_000; n += 1) agent.send('event', { name: 'mail', payload: { n } });
    agent.asks(
      call('wait_for_event', { name: 'mail', filter: 'payload.n == 1990.0' }),
      ...Array.from({ length: 31 }, () => call('wait_for_event', { name: 'mail', filter: heavy })),
    );
    assert.equal(agent.call(0).status, 'done');
    assert.equal(agent.state.events.length, 1_999);
  }).timeout(20_000);
});
