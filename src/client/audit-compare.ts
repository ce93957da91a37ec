import type { AuditLine } from '../storage/audit-chain.ts';
import type { AuditProblem } from '../storage/audit-check.ts';
import type { Audit } from './audit.ts';

/**
 * Whether lines say what the histories say now. `unknown`: lines of runs whose history nobody has. That is as it should be only of runs before
 * the first one that is known, if that goes on from another, and of runs that known ones were reset from.
 */
export function compareAudit(
  lines: readonly AuditLine[],
  { owner, runs, leftBehind, isCut, bases }: Audit,
): { problems: AuditProblem[]; unknown: number } {
  const problems: AuditProblem[] = [];
  const known = [...runs, ...leftBehind];
  const next = new Map(known.map(({ runId }) => [runId, 0]));
  const firstKnown = lines.find(({ entry }) => next.has(String(entry['run'])));
  const goesOn = firstKnown ? firstKnown.entry['what'] === 'run.continued' : isCut;
  const forgottenBefore = goesOn ? (firstKnown?.seq ?? Infinity) : 0;
  let unknown = 0;
  for (const { seq, entry } of lines) {
    const run = known.find(({ runId }) => runId === entry['run']);
    if (!run) {
      unknown += 1;
      if (seq >= forgottenBefore && !bases.includes(String(entry['run'])))
        problems.push({
          line: seq,
          problem: `is of run ${String(entry['run'])}, which is none of ${owner.agent}`,
        });
      continue;
    }
    const index = next.get(run.runId) ?? 0;
    next.set(run.runId, index + 1);
    if (JSON.stringify(run.entries[index]) !== JSON.stringify(entry))
      problems.push({ line: seq, problem: `is not what the history of ${owner.agent} says` });
  }
  const missing = runs.reduce(
    (sum, { runId, entries }) => sum + Math.max(0, entries.length - (next.get(runId) ?? 0)),
    0,
  );
  if (missing > 0)
    problems.push({
      line: lines.length + 1,
      problem: `${missing} lines of the history are not in the file: \`perdure audit export\` adds what is new`,
    });
  return { problems, unknown };
}
