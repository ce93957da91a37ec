import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { buildMutant, type Mutant, mutants } from './mutants.ts';
import { type Plan, planOf } from './plan.ts';
import { liveThrough, type RoundResult } from './round.ts';
import { World } from './world.ts';

/** One agent, one fault: what a mutant does wrong shows at once. */
const options = { agents: 1, turns: 1, faults: 1, long: false, only: ['worker SIGKILL'] } as const;
/** Far more seeds than it takes to find a plan of any kind. */
const maxSeeds = 1_000_000;

/** The first plan that leads to the defect; always the same one. */
function planFor({ name, isFor }: Mutant): Plan {
  for (let seed = 1; seed < maxSeeds; seed += 1) {
    const plan = planOf(seed, options);
    if (isFor(plan)) return plan;
  }
  throw new Error(`there is no plan for: ${name}`);
}

async function live(plan: Plan, build?: string): Promise<RoundResult> {
  const world = await World.create(build === undefined ? {} : { build });
  try {
    return await liveThrough(world, plan);
  } finally {
    await world.close({ keep: false });
  }
}

describe('the suite notices a build with a defect', () => {
  for (const mutant of mutants) {
    it(mutant.name, async () => {
      const plan = planFor(mutant);
      const build = await buildMutant(mutant);
      try {
        const [defective, sound] = await Promise.all([live(plan, build), live(plan)]);
        assert.ok(
          defective.violations.some((violation) => mutant.complaint.test(violation)),
          `it found: ${defective.violations.join('; ') || 'nothing'}`,
        );
        assert.deepEqual(sound.violations, []);
      } finally {
        await rm(dirname(build), { recursive: true });
      }
    });
  }
});
