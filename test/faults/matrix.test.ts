import assert from 'node:assert/strict';
import { boundaries } from './boundaries.ts';
import { inLanes, openLanes } from './lanes.ts';
import { allCells, eventsPerRun, nameOf, someCells, tryCell } from './matrix.ts';
import { World } from './world.ts';

/** Each has two workers; more would only wait for the two cores. */
const laneCount = 5;
/** All cells run side by side in the lanes, so each may have to wait for all that come before it. */
const allCellsMs = 600_000;
/** `make faults` runs the whole matrix, which takes as long as a third of all other tests. */
const isWhole = process.env['MATRIX'] === 'full';

describe('the kill matrix: every boundary, before and after, killed and suspended', function () {
  this.timeout(allCellsMs);
  const cells = isWhole ? allCells(boundaries) : someCells(boundaries);
  let world: World;
  let lanes: World[] = [];
  let outcomes: Promise<string[]>[];
  let violated = false;

  before(async () => {
    world = await World.create({ eventsPerRun });
    lanes = await openLanes(world, laneCount);
    const numbered = cells.map((cell, index) => ({ cell, agent: `cell-${index + 100}` }));
    outcomes = inLanes(lanes, numbered, (lane, { cell, agent }) => tryCell(lane, cell, agent));
  });
  after(async () => {
    for (const lane of lanes.slice(1)) await lane.close({ keep: violated });
    await world.close({ keep: violated });
  });

  for (const [index, cell] of cells.entries()) {
    it(nameOf(cell), async () => {
      try {
        assert.deepEqual(await outcomes[index], []);
      } catch (error) {
        violated = true;
        console.log(`      logs: ${world.folder}`);
        throw error;
      }
    });
  }
});
