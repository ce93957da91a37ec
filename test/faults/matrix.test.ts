import assert from 'node:assert/strict';
import { boundaries } from './boundaries.ts';
import { inLanes, openLanes } from './lanes.ts';
import {
  allCells,
  type Cell,
  eventsPerRun,
  nameOf,
  serverWays,
  someCells,
  tryCell,
  workerWays,
} from './matrix.ts';
import { World } from './world.ts';

/** All cells run side by side in the lanes, so each may have to wait for all that come before it. */
const allCellsMs = 600_000;
/** `make faults` runs the whole matrix, which takes longer than all other tests. */
const isWhole = process.env['MATRIX'] === 'full';
const chosen = isWhole ? allCells : someCells;

/** More would only wait for the two cores. Each has two workers to start, which only pays where it has many cells. */
const laneCount = isWhole ? 5 : 2;

describe('the kill matrix: every boundary, before and after', function () {
  let world: World;
  let lanes: World[] = [];
  let violated = false;

  before(async function () {
    this.timeout(allCellsMs);
    world = await World.create({ eventsPerRun });
    lanes = await openLanes(world, laneCount);
  });
  after(async () => {
    for (const lane of lanes.slice(1)) await lane.close({ keep: violated });
    await world.close({ keep: violated });
  });

  /** Tries the cells in as many of the lanes, each with two workers of its own, on the one server. */
  function tryAll(cells: readonly Cell[], atOnce: number, firstAgent: number): void {
    let outcomes: Promise<string[]>[];
    before(() => {
      const numbered = cells.map((cell, index) => ({ cell, agent: `cell-${index + firstAgent}` }));
      const some = lanes.slice(0, atOnce);
      outcomes = inLanes(some, numbered, (lane, { cell, agent }) => tryCell(lane, cell, agent));
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
  }

  describe('the worker killed and suspended', function () {
    this.timeout(allCellsMs);
    tryAll(chosen(boundaries, workerWays), laneCount, 100);
  });

  describe('the server killed, alone and with all workers', function () {
    this.timeout(allCellsMs * 2);
    // Every restart hits all lanes, each in the middle of a cell of its own.
    tryAll(
      chosen(isWhole ? boundaries : ['child-start', 'child-end'], serverWays),
      Math.min(laneCount, 3),
      500,
    );
  });
});
