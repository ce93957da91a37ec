import { readFileSync } from 'node:fs';
import type { Bench } from './section.ts';
import { startVariant, type Variant } from './workflows.ts';

export interface Speed {
  readonly perSecond: number;
  /** What the processes that were asked about computed for a turn, in all their threads, in milliseconds. */
  readonly cpuMs: number;
}

interface Load {
  readonly agents: number;
  readonly turns: number;
}

/** Enough that code is compiled and connections are open. */
export const WARM_UP: Load = { agents: 20, turns: 5 };

/** Starts that many workflows at once and waits for their ends. The time in milliseconds that `afterwards` gives is added. */
export async function measureAtOnce(
  bench: Bench,
  variant: Variant,
  { agents, turns }: Load,
  pids: readonly number[],
  afterwards: () => Promise<number> = () => Promise.resolve(0),
): Promise<Speed> {
  const computed = (): number => pids.reduce((sum, pid) => sum + cpuMsOf(pid), 0);
  const [began, before] = [performance.now(), computed()];
  const handles = await Promise.all(
    Array.from({ length: agents }, () => startVariant(bench, variant, turns)),
  );
  await Promise.all(handles.map((handle) => handle.result()));
  const lasted = performance.now() - began + (await afterwards());
  return {
    perSecond: (agents * turns * 1_000) / lasted,
    cpuMs: (computed() - before) / (agents * turns),
  };
}

/** One line of a round, for whoever waits. */
export function saySpeed({ say }: Bench, round: number, name: string, { perSecond, cpuMs }: Speed): void {
  say(`round ${round + 1}: ${name} ${perSecond.toFixed(0)} turns/s, ${cpuMs.toFixed(1)} ms a turn`);
}

/** Linux counts in hundredths of a second; after the name, which may hold anything, the 12th and 13th field are it. */
function cpuMsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
