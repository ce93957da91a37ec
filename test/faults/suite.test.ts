import assert from 'node:assert/strict';
import { diskFor, smallDisksFor } from './fault-kinds.ts';
import { planOf } from './plan.ts';
import { liveThrough, type RoundResult } from './round.ts';
import { eventsPerRun, failedSeeds, fixedSeeds, fullRound, shortRound } from './seeds.ts';
import { rowsOf, table } from './table.ts';
import { World } from './world.ts';

/** Rounds mostly wait; more at once would only slow each other down on two cores. */
const atOnce = 3;
const timeoutMs = 600_000;

describe('the fault suite with fixed seeds', function () {
  this.timeout(timeoutMs);
  const plans = [
    ...fixedSeeds.map((seed) => ({ title: `seed ${seed}`, plan: planOf(seed, shortRound) })),
    ...failedSeeds.map(({ seed, faults, why }) => ({
      title: `seed ${seed}, which failed once: ${why}`,
      plan: planOf(seed, { ...fullRound, only: faults }),
    })),
  ];
  const results: RoundResult[] = [];
  const outcomes = plans.map(() => Promise.withResolvers<RoundResult>());

  before(() => {
    let next = 0;
    const lane = async (): Promise<void> => {
      for (let index = next++; index < plans.length; index = next++) {
        const [given, outcome] = [plans[index], outcomes[index]];
        if (given && outcome) await round(given.plan).then(outcome.resolve, outcome.reject);
      }
    };
    for (const { promise } of outcomes) promise.catch(() => undefined);
    for (let count = 0; count < atOnce; count += 1) void lane();
  });

  async function round(plan: ReturnType<typeof planOf>): Promise<RoundResult> {
    const world = await World.create({ eventsPerRun, smallDisks: smallDisksFor(plan.faults) });
    let keep = true;
    try {
      const result = await liveThrough(world, plan);
      keep = result.violations.length > 0;
      return result;
    } finally {
      await world.close({ keep });
      if (keep) console.log(`      logs: ${world.folder}`);
    }
  }

  for (const [index, { title }] of plans.entries()) {
    it(title, async () => {
      const result = await outcomes[index]?.promise;
      assert.ok(result);
      results.push(result);
      assert.deepEqual(result.violations, []);
    });
  }

  it('tried what it planned', () => {
    console.log(`\n${table(rowsOf(results))}\n`);
    // A disk that can be filled takes more rights than everybody has.
    const missed = results.flatMap(({ notTried }) => notTried).filter((fault) => !diskFor(fault));
    assert.deepEqual(missed, [], 'their moments never came');
  });
});
