import type { StepRecord } from '../../src/contracts/timeline.ts';
import { advance } from '../../src/core/advance.ts';
import type { ToldRun } from '../../src/core/timeline/project-run.ts';

interface Part {
  readonly run: ToldRun;
  readonly steps: ReadonlyMap<number, StepRecord>;
}

/**
 * A run as if it had been two, the second of which begins after so many events; undefined where a step was in flight,
 * or half of what it led to had happened, or the agent had ended, since no run is followed by another then.
 */
export function partsOf(
  run: ToldRun,
  steps: ReadonlyMap<number, StepRecord>,
  place: number,
): readonly [Part, Part] | undefined {
  const { initial, events, started, startedAfter, endings } = run;
  const ended = new Set([...endings].filter(([event]) => event < place).map(([, step]) => step));
  // What was done in the step that got a reply happens with the reply.
  if (endings.has(place) && endings.get(place) === endings.get(place - 1)) return undefined;
  const isFirst = started.map((_, step) => (startedAfter[step] ?? 0) < place);
  if (isFirst.some((first, step) => first && !ended.has(step))) return undefined;
  const middle = events.slice(0, place).reduce(advance, initial);
  if (middle.phase === 'ended') return undefined;
  const count = isFirst.filter((first) => first).length;
  return [
    {
      run: {
        ...{ initial, events: events.slice(0, place), started: started.slice(0, count) },
        startedAfter: startedAfter.slice(0, count),
        endings: new Map([...endings].filter(([event]) => event < place)),
      },
      steps,
    },
    {
      run: {
        ...{ initial: middle, events: events.slice(place), started: started.slice(count) },
        startedAfter: startedAfter.slice(count).map((after) => after - place),
        endings: new Map(
          [...endings]
            .filter(([event]) => event >= place)
            .map(([event, step]) => [event - place, step - count] as const),
        ),
      },
      steps: new Map([...steps].map(([step, record]) => [step - count, record] as const)),
    },
  ];
}
