import assert from 'node:assert/strict';
import { memoryPlan } from '../../src/worker/memory-plan.ts';

const MB = 1024 * 1024;
const slots = { modelSlots: 50, toolSlots: 50 };

describe('the memory plan of a worker', () => {
  it('changes nothing where there is plenty', () => {
    const plan = memoryPlan(4_144 * MB, slots);
    assert.deepEqual(
      { ...plan, contextBytes: undefined, archivedHistoryBytes: undefined },
      {
        ...{ modelSlots: 50, toolSlots: 50, noticesAtOnce: 5, cachedAgents: 983, workflowTasks: 40 },
        ...{ contextBytes: undefined, archivedHistoryBytes: undefined },
      },
    );
    assert.ok(plan.contextBytes > 700 * MB);
    // As long as the server lets any history become.
    assert.ok(plan.archivedHistoryBytes > 50 * MB);
  });

  it('has less of everything in a smaller heap, and something in the smallest', () => {
    const sizes = [4_096, 2_048, 1_024, 512, 256, 128, 64, 0].map((size) => memoryPlan(size * MB, slots));
    for (const [at, plan] of sizes.entries()) {
      const larger = sizes[at - 1];
      assert.ok(plan.modelSlots >= 1 && plan.toolSlots >= 1 && plan.workflowTasks >= 2);
      assert.ok(plan.cachedAgents >= plan.workflowTasks, 'what is worked on has a place in the cache');
      if (!larger) continue;
      assert.ok(plan.modelSlots <= larger.modelSlots && plan.toolSlots <= larger.toolSlots);
      assert.ok(plan.cachedAgents <= larger.cachedAgents && plan.contextBytes <= larger.contextBytes);
      assert.ok(plan.archivedHistoryBytes <= larger.archivedHistoryBytes);
    }
  });

  it('gives no more slots than were asked for', () => {
    const plan = memoryPlan(4_144 * MB, { modelSlots: 3, toolSlots: 2 });
    assert.deepEqual([plan.modelSlots, plan.toolSlots, plan.noticesAtOnce], [3, 2, 1]);
  });

  it('keeps as many agents as were asked for, and works on no more at a time', () => {
    const plan = memoryPlan(4_144 * MB, { ...slots, cachedAgents: 7 });
    assert.deepEqual([plan.cachedAgents, plan.workflowTasks], [7, 7]);
    assert.equal(memoryPlan(128 * MB, { ...slots, cachedAgents: 3_000 }).cachedAgents, 3_000);
  });
});
