import assert from 'node:assert/strict';
import { compareAudit } from '../../src/client/audit-compare.ts';
import type { Audit } from '../../src/client/audit.ts';
import { chained, noLines } from '../../src/storage/audit-chain.ts';
import { checkLines } from '../../src/storage/audit-check.ts';
import type { RunLines } from '../../src/storage/audit-file.ts';

function runOf(runId: string, beginning: string): RunLines {
  const entry = (what: string, turn: number) => ({ version: 1, agent: 'a1', run: runId, turn, what });
  return {
    runId,
    entries: [entry(beginning, 0), entry('status.changed', 1), entry('run.closed', 2)],
  };
}

const [first, second] = [runOf('r1', 'agent.started'), runOf('r2', 'run.continued')];
const reset = runOf('r3', 'agent.started');

/** What is wrong with an audit that has the lines of these runs, and how many lines could not be compared. */
function compared(
  written: readonly RunLines[],
  now: Partial<Audit>,
): { problems: string[]; unknown: number } {
  const { text } = chained(
    written.flatMap(({ entries }) => entries),
    noLines,
  );
  const owner = { agent: 'a1', firstRunId: 'r1', values: false };
  const audit = { owner, runs: [], leftBehind: [], isCut: false, bases: [], ...now };
  const { problems, unknown } = compareAudit(checkLines(Buffer.from(text)).lines, audit);
  return { problems: problems.map(({ line, problem }) => `${line} ${problem}`), unknown };
}

const missing = /^4 3 lines of the history are not in the file/;

describe('an audit that is compared with what the histories say', () => {
  it('may have lines of runs that are forgotten before those that are known', () => {
    assert.deepEqual(compared([first, second], { runs: [second], isCut: true }), {
      problems: [],
      unknown: 3,
    });
    // It was written before the run began that is known.
    const { problems, unknown } = compared([first], { runs: [second], isCut: true });
    assert.equal(unknown, 3);
    assert.equal(problems.length, 1);
    assert.match(problems[0] ?? '', missing);
    // One that waits from its beginning on has no line yet.
    const waits = { runId: 'r2', entries: [] };
    assert.deepEqual(compared([first], { runs: [waits], isCut: true }), { problems: [], unknown: 3 });
  });

  it('may have lines of a run that a known one was reset from, and that is forgotten', () => {
    const now = { runs: [reset], bases: ['r1'] };
    assert.deepEqual(compared([first, reset], now), { problems: [], unknown: 3 });
  });

  it('has no lines of runs that never were', () => {
    const stranger = (line: number) => `${line} is of run r9, which is none of a1`;
    const other = runOf('r9', 'agent.started');
    const behind = compared([first, other], { runs: [first], bases: ['r0'] });
    assert.deepEqual(behind, { problems: [4, 5, 6].map(stranger), unknown: 3 });
    const before = compared([other, first], { runs: [first] });
    assert.deepEqual(before, { problems: [1, 2, 3].map(stranger), unknown: 3 });
    const alone = compared([other], { runs: [first] });
    assert.deepEqual(alone.problems.slice(0, 3), [1, 2, 3].map(stranger));
  });
});
