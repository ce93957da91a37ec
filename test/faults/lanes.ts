import type { World } from './world.ts';

/**
 * Does jobs side by side, each lane with workers of its own: most of a recovery is waiting for timeouts, and a worker that
 * is killed for one job must not be missing in another. Gives a promise for each job, in order.
 */
export function inLanes<Job, Result>(
  lanes: readonly World[],
  jobs: readonly Job[],
  work: (lane: World, job: Job) => Promise<Result>,
): Promise<Result>[] {
  const outcomes = jobs.map(() => Promise.withResolvers<Result>());
  let next = 0;
  const live = async (lane: World): Promise<void> => {
    for (let index = next++; index < jobs.length; index = next++) {
      const [job, outcome] = [jobs[index], outcomes[index]];
      if (job === undefined || outcome === undefined) return;
      await work(lane, job).then(outcome.resolve, outcome.reject);
    }
  };
  for (const lane of lanes) void live(lane);
  // Whoever awaits one of them later hears of a failure then.
  for (const { promise } of outcomes) promise.catch(() => undefined);
  return outcomes.map(({ promise }) => promise);
}

/** The world and further lanes on its server. */
export async function openLanes(world: World, count: number): Promise<World[]> {
  const names = Array.from({ length: count - 1 }, (_, index) => `lane-${index + 1}`);
  return [world, ...(await Promise.all(names.map((name) => world.lane(name))))];
}
