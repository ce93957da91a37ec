/**
 * `make faults`: rounds of real processes under faults that a seed decides. `FAULT_SEED=` begins with a certain seed, each
 * further round with the next one; `FAULT_ROUNDS=` says how many, `FAULT_JOBS=` how many at once. Ends with a table, and with
 * code 1 if anything was violated; then the folders with all logs stay.
 */
import { randomInt } from 'node:crypto';
import * as z from 'zod';
import { smallDisksFor } from './fault-kinds.ts';
import { type Plan, planOf } from './plan.ts';
import { liveThrough, type RoundResult } from './round.ts';
import { eventsPerRun, fullRound } from './seeds.ts';
import { rowsOf, table } from './table.ts';
import { World } from './world.ts';

const whole = (fallback: number, max: number) => z.coerce.number().int().min(1).max(max).default(fallback);
const Settings = z.object({
  FAULT_SEED: z.coerce
    .number()
    .int()
    .min(0)
    .max(2 ** 31)
    .optional(),
  FAULT_ROUNDS: whole(10, 100_000),
  FAULT_JOBS: whole(1, 64),
});

const given = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''));
const settings = Settings.parse(given);
const seed = settings.FAULT_SEED ?? randomInt(2 ** 31);
const results: RoundResult[] = [];
const broken: string[] = [];
let next = seed;

async function round(mine: number): Promise<void> {
  const plan = planOf(mine, fullRound);
  const world = await World.create({ eventsPerRun, smallDisks: smallDisksFor(plan.faults) });
  sayWithoutDisks(plan, world);
  const started = performance.now();
  let keep = true;
  try {
    const result = await liveThrough(world, plan);
    results.push(result);
    keep = result.violations.length > 0;
    const { tried, notTried, violations, unknownOutcomes } = result;
    const seconds = Math.round((performance.now() - started) / 1_000);
    const never = notTried.length === 0 ? '' : `, ${notTried.length} whose moment never came`;
    console.log(
      `seed ${mine}: ${violations.length === 0 ? 'survived' : 'VIOLATED'}, ${tried.length} faults${never}, ` +
        `${unknownOutcomes} unknown outcomes, ${seconds} s: ${tried.map(({ kind }) => kind).join('; ')}`,
    );
    for (const violation of violations) console.log(`  ${violation}`);
  } catch (error) {
    broken.push(`seed ${mine}: ${String(error)}`);
    console.log(
      `seed ${mine}: the round itself broke: ${error instanceof Error ? error.stack : String(error)}`,
    );
  } finally {
    await world.close({ keep });
    if (keep) console.log(`  logs, database and counted effects: ${world.folder}`);
  }
}

/** A disk that can be filled is a file system of its own. */
function sayWithoutDisks({ seed: mine, faults }: Plan, { server, disk }: World): void {
  if (smallDisksFor(faults).length === 0 || server.disk !== undefined || disk !== undefined) return;
  console.log(
    `seed ${mine}: no disk is filled, because nothing may be mounted here; run it as root for that`,
  );
}

async function lane(): Promise<void> {
  while (next < seed + settings.FAULT_ROUNDS) {
    next += 1;
    await round(next - 1);
  }
}

console.log(`FAULT_SEED=${seed} FAULT_ROUNDS=${settings.FAULT_ROUNDS}`);
await Promise.all(Array.from({ length: settings.FAULT_JOBS }, lane));
console.log(`\n${table(rowsOf(results))}\n`);
const violated = results.filter(({ violations }) => violations.length > 0);
console.log(`${results.length} rounds, ${violated.length} violated, ${broken.length} broke`);
for (const { plan } of violated) console.log(`  repeat: make faults FAULT_ROUNDS=1 FAULT_SEED=${plan.seed}`);
console.log(`FAULT_SEED=${seed} FAULT_ROUNDS=${settings.FAULT_ROUNDS}`);
process.exitCode = violated.length + broken.length === 0 ? 0 : 1;
