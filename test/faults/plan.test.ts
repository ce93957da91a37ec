import assert from 'node:assert/strict';
import { faultKinds } from './fault-kinds.ts';
import { planOf } from './plan.ts';
import { fixedSeeds, fullRound, shortRound } from './seeds.ts';

describe('the plan of a round', () => {
  it('follows from its seed', () => {
    assert.deepEqual(planOf(42, fullRound), planOf(42, fullRound));
    assert.notDeepEqual(planOf(42, fullRound).lives, planOf(43, fullRound).lives);
  });

  it('has another kind of fault until each has been there', () => {
    const plans = fixedSeeds.map((seed) => planOf(seed, shortRound));
    const planned = plans.flatMap(({ faults }) => faults.map(({ kind }) => kind));
    assert.deepEqual(planned.toSorted(), faultKinds.toSorted());
  });

  it('names every effect once, whatever it was that the agents did before', () => {
    for (let seed = 0; seed < 200; seed += 1) {
      const args = planOf(seed, fullRound).lives.flatMap(({ steps }) => steps.flat());
      const items = args.flatMap((call) => call.args['item'] ?? call.args['invoice'] ?? []);
      assert.equal(new Set(items).size, items.length);
    }
  });
});
