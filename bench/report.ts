import type { HistoryBytes } from './history-bytes.ts';
import type { Measurements } from './measurement.ts';
import { mean, median, range, table } from './statistics.ts';
import { comparedTurns, comparisons, flatness } from './variants.ts';

/** Prints what was measured, and answers how many targets were missed. */
export function report(measurements: Measurements): number {
  const speed = reportSpeed(measurements);
  const history = reportHistory(measurements);
  return speed + history;
}

function reportSpeed(measurements: Measurements): number {
  const rows = [['agent', 'ms/turn', 'min-max', 'bare ms/turn', 'min-max', 'ratio', 'target', '']];
  let missed = 0;
  for (const { agent, bare, target, says } of comparisons) {
    const ours = timesOf(measurements, agent.name);
    const theirs = timesOf(measurements, bare.name);
    if (ours.length === 0 || theirs.length === 0) continue;
    const ratio = median(ours) / median(theirs);
    const met = ratio <= target;
    if (!met) missed += 1;
    rows.push([
      `${agent.name} (${says})`,
      median(ours).toFixed(1),
      range(ours, 1),
      median(theirs).toFixed(1),
      range(theirs, 1),
      ratio.toFixed(2),
      `<= ${target}`,
      verdict(met),
    ]);
  }
  process.stdout.write(`Medians of wall-clock time\n${table(rows)}\n\n`);
  return missed;
}

function reportHistory(measurements: Measurements): number {
  const rows = [['agent', 'first 50', 'last 50', 'change', 'total', 'events', 'runs', 'target', '']];
  let missed = 0;
  for (const { agent } of comparisons) {
    const history = measurements.get(agent.name)?.at(-1)?.history;
    if (history === undefined) continue;
    const { first, last } = endsOf(history);
    const change = last / first - 1;
    const met = Math.abs(change) <= flatness;
    if (!met) missed += 1;
    const total = history.beforeTurns + history.turns.reduce((sum, bytes) => sum + bytes, 0);
    rows.push([
      agent.name,
      first.toFixed(0),
      last.toFixed(0),
      `${change < 0 ? '' : '+'}${(change * 100).toFixed(1)} %`,
      total.toFixed(0),
      String(history.events),
      String(history.runs),
      `within ${flatness * 100} %`,
      verdict(met),
    ]);
  }
  process.stdout.write(`History bytes a turn, last run\n${table(rows)}\n`);
  return missed;
}

/** The call after the last turn has no tool call behind it, so it is no whole turn. */
function endsOf({ turns }: HistoryBytes): { first: number; last: number } {
  const whole = turns.slice(0, -1);
  return { first: mean(whole.slice(0, comparedTurns)), last: mean(whole.slice(-comparedTurns)) };
}

function timesOf(measurements: Measurements, name: string): number[] {
  return (measurements.get(name) ?? []).map(({ msPerTurn }) => msPerTurn);
}

function verdict(met: boolean): string {
  return met ? 'met' : 'MISSED';
}
