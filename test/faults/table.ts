import { type FaultKind, faultKinds } from './fault-kinds.ts';
import type { RoundResult } from './round.ts';

interface Row {
  readonly fault: string;
  readonly tried: number;
  readonly survived: number;
}

/**
 * How often each fault was tried, and in how many of those cases nothing was violated in the whole round: several faults
 * meet in a round, and which of them a violation is owed to is for whoever reads the logs.
 */
export function rowsOf(results: readonly RoundResult[]): Row[] {
  const count = (of: (result: RoundResult) => number): Omit<Row, 'fault'> => ({
    tried: results.reduce((sum, result) => sum + of(result), 0),
    survived: results
      .filter(({ violations }) => violations.length === 0)
      .reduce((sum, result) => sum + of(result), 0),
  });
  const kinds = faultKinds.map((kind: FaultKind) => ({
    fault: kind,
    ...count(({ tried }) => tried.filter((fault) => fault.kind === kind).length),
  }));
  return [
    ...kinds,
    { fault: 'decision for an approval that is not open yet', ...count(({ people }) => people.early) },
    { fault: 'decision after another one counted', ...count(({ people }) => people.late) },
    { fault: 'the same decision again', ...count(({ people }) => people.repeated) },
    { fault: 'two people decide differently at once', ...count(({ people }) => people.conflicting) },
  ];
}

export function table(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(({ fault }) => fault.length));
  const line = (fault: string, tried: string, survived: string): string =>
    `${fault.padEnd(width)}  ${tried.padStart(6)}  ${survived.padStart(8)}`;
  return [
    line('fault', 'tried', 'survived'),
    ...rows.map(({ fault, tried, survived }) => line(fault, String(tried), String(survived))),
  ].join('\n');
}
