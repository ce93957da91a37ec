import { setTimeout as pause } from 'node:timers/promises';
import { GatewayError } from '../../src/client/gateway-error.ts';
import { type Boundary, boundariesOf, isAbout } from './boundaries.ts';
import { collect } from './collect.ts';
import { Family, sharedEffects } from './family.ts';
import type { Life } from './life.ts';
import { violationsOf } from './oracle.ts';
import { People } from './people.ts';
import { delegation } from './plan.ts';
import { Chance } from './random.ts';
import type { WorkerProcess } from './worker-process.ts';
import type { World } from './world.ts';

/** One cell of the matrix: what happens at which moment, and what kind of tool is concerned. */
export interface Cell {
  readonly boundary: Boundary;
  readonly side: 'before' | 'after';
  readonly how: Way;
  readonly tool: 'post' | 'send' | 'book';
}

/** Small enough that eight turns need more than one run, and other cells only one. */
export const eventsPerRun = 60;
/** Longer than the heartbeat timeout of an activity (5 s) and than the timeout of a workflow task (10 s). */
const suspendedMs = 12_000;
/** Long enough that calls fail meanwhile, and are made again. */
const serverAwayMs = 1_000;
/** Each waits 10 s for an answer. */
const maxTries = 5;
/** Generous: a lost step takes 5 s to be noticed, a worker some seconds to start, and cores are shared. */
const cellTimeoutMs = 240_000;

/** The boundaries at which it matters what kind of effect the tool has. */
const aboutTools = new Set<Boundary>(['tool-claim', 'lease-check', 'tool-effect', 'result-record']);

const tools = ['post', 'send', 'book'] as const;
const sides = ['before', 'after'] as const;
/** What befalls the worker that comes to the moment, while another one goes on. */
export const workerWays = ['SIGKILL', 'SIGSTOP'] as const;
/** What befalls the server, alone or together with all workers, so that no process is left that knew anything. */
export const serverWays = ['server restart', 'power cut'] as const;
type Way = (typeof workerWays | typeof serverWays)[number];

/** Every boundary, each side of it, each way, and each kind of tool where that matters. */
export function allCells(boundaries: readonly Boundary[], ways: readonly Way[]): Cell[] {
  return boundaries.flatMap((boundary) =>
    (aboutTools.has(boundary) ? tools : (['post'] as const)).flatMap((tool) =>
      sides.flatMap((side) => ways.map((how) => ({ boundary, side, how, tool }))),
    ),
  );
}

/**
 * Of all cells one for each moment, with another way and another kind of tool for the next one. Both sides of a boundary are
 * moments where a tool has its effect; elsewhere one of them, and the other one of the next boundary.
 */
export function someCells(boundaries: readonly Boundary[], ways: readonly Way[]): Cell[] {
  const moments = boundaries.flatMap((boundary, index) =>
    sides
      .filter((_, side) => aboutTools.has(boundary) || side === index % sides.length)
      .map((side) => ({ boundary, side })),
  );
  return moments.flatMap((moment, index) => {
    const cells = allCells([moment.boundary], ways).filter(({ side }) => side === moment.side);
    return cells[(index + Math.floor(index / cells.length)) % cells.length] ?? [];
  });
}

export function nameOf({ boundary, side, how, tool }: Cell): string {
  const kind = { post: 'idempotent', send: 'once', book: 'reconcilable' }[tool];
  return `${how} ${side} ${boundary}${aboutTools.has(boundary) ? ` of a tool that is ${kind}` : ''}`;
}

/**
 * The window that a lease can't close: the attempt has been told that it counts, is suspended, and acts when it wakes, long
 * after people have had the call run again. Only a key closes it, and these owners have none.
 */
function isDocumentedWindow({ boundary, side, how, tool }: Cell): boolean {
  return boundary === 'lease-check' && side === 'after' && how === 'SIGSTOP' && tool !== 'post';
}

/** Lives one small life through the cell's moment. Returns what must not be; empty when the agent survived. */
export async function tryCell(world: World, cell: Cell, agent: string): Promise<string[]> {
  const life = lifeFor(cell, agent);
  const people = new People(world, agent, new Chance(agent.length));
  const family = new Family(world, agent, new Chance(agent.length));
  const strike = strikeOnce(world, cell);
  watch(world, cell, agent, strike.at);
  try {
    await begin(world, life);
    const deadline = performance.now() + cellTimeoutMs;
    const isOver = (): boolean => performance.now() > deadline;
    await Promise.all([people.decideUntil(isOver), family.attend(people, isOver)]);
    await strike.over();
  } finally {
    unwatch(world);
  }
  await Promise.all(world.workers.filter(({ runs }) => !runs).map((worker) => worker.start()));
  const evidence = await collect(world, life, people);
  const below = await family.evidence();
  const happened = [evidence, ...below].reduce((sum, { effects }) => sum + effects.length, 0);
  const wanted = life.steps.flat().filter(({ tool }) => tool !== 'look').length;
  const rejected = evidence.followed.filter(({ decision }) => decision === 'reject').length;
  const due = wanted - rejected;
  const isRight = happened === due || (isDocumentedWindow(cell) && happened === due + 1);
  return [
    ...[evidence, ...below].flatMap(violationsOf),
    ...sharedEffects([evidence, ...below]),
    ...(strike.count() === 1 ? [] : [`${agent}: the moment came ${strike.count()} times`]),
    ...(isRight ? [] : [`${agent}: ${due} effects were due, ${happened} happened`]),
  ];
}

/** Starts the agent, again as long as the server does not answer: cells beside this one may have it down at any time. */
async function begin(world: World, life: Life): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await world.observer.start({ agent: 'lifer', input: JSON.stringify(life) }, { id: life.agent });
      return;
    } catch (error) {
      const type = error instanceof GatewayError ? error.type : undefined;
      // An earlier try has come through, and its answer was lost.
      if (type === 'Conflict' && tries > 1) return;
      if (type !== 'Unreachable' || tries === maxTries) throw error;
    }
  }
}

function lifeFor({ boundary, tool }: Cell, agent: string): Life {
  const look = [{ tool: 'look', args: { what: 'view' } }];
  const act = (item: string) => [{ tool, args: { item: `${agent}/${item}` } }];
  if (boundary === 'continue-as-new')
    return { agent, steps: Array.from({ length: 8 }, (_, turn) => act(String(turn))) };
  if (boundary === 'child-start' || boundary === 'child-end')
    return { agent, steps: [look, [delegation(agent, 'one'), delegation(agent, 'two')], look] };
  return { agent, steps: [look, act(boundary === 'approval-record' ? 'deed?' : 'deed'), look] };
}

type Passes = 'pass' | 'cut';

/** Strikes at the first moment only, and counts. */
function strikeOnce(world: World, { how, boundary }: Cell) {
  let count = 0;
  let done: Promise<unknown> = Promise.resolve();
  const at = async (worker: WorkerProcess): Promise<Passes> => {
    if (count > 0) return 'pass';
    count += 1;
    switch (how) {
      case 'SIGKILL':
        await worker.kill();
        done = worker.start();
        return 'cut';
      case 'SIGSTOP':
        worker.suspend();
        await (done = pause(suspendedMs).then(() => {
          worker.wake();
        }));
        return 'pass';
      case 'server restart':
        await (done = world.server.restart(serverAwayMs));
        // The owner of an effect is not the server: it goes on.
        return boundary === 'tool-effect' ? 'pass' : 'cut';
      case 'power cut':
        await Promise.all(world.workers.map((each) => each.kill()));
        done = world.server
          .restart(serverAwayMs)
          .then(() => Promise.all(world.workers.map((each) => each.start())));
        return 'cut';
    }
  };
  return { at, count: () => count, over: () => done };
}

/** Has the moment noticed: on the wire of either worker, or at the owner of the effects. */
function watch(
  world: World,
  { boundary, side }: Cell,
  agent: string,
  strike: (worker: WorkerProcess) => Promise<Passes>,
): void {
  // An agent below has an id that goes on after its parent's.
  const concerned = boundary === 'child-end' ? `${agent}.` : agent;
  for (const worker of world.workers) {
    worker.proxy.passage = {
      [side]: async (call: Parameters<typeof boundariesOf>[0]) =>
        boundariesOf(call).includes(boundary) && isAbout(concerned, call) ? strike(worker) : 'pass',
    };
  }
  if (boundary !== 'tool-effect') return;
  world.owner.passage = {
    [side]: async (effect: { agent: string; worker: string }) => {
      const worker = world.workers.find(({ name }) => name === effect.worker);
      return worker && effect.agent === agent ? strike(worker) : 'pass';
    },
  };
}

function unwatch(world: World): void {
  for (const worker of world.workers) worker.proxy.passage = {};
  world.owner.passage = {};
}
