import { writeFileSync } from 'node:fs';
import mocha from 'mocha';

/** What a group of tests came to. The process that writes this may be gone before anybody reads it. */
export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Each failed test in a line: its whole title and what went wrong. */
  readonly failures: readonly string[];
}

const totalsFileVariable = 'TEST_TOTALS_FILE';

function firstLine(text = 'no reason was given'): string {
  return text.trimStart().split('\n', 1).join('');
}

/** Mocha's usual output for people, and the totals in a file for `test/run.ts`. Mocha takes only one reporter. */
export default class SpecWithTotals extends mocha.reporters.Spec {
  constructor(runner: mocha.Runner, options: mocha.MochaOptions) {
    super(runner, options);
    runner.once('end', () => {
      const file = process.env[totalsFileVariable];
      if (file === undefined) return;
      const { passes, failures, pending } = runner.stats ?? { passes: 0, failures: 1, pending: 0 };
      const totals: Totals = {
        passed: passes,
        failed: failures,
        skipped: pending,
        failures: this.failures.map((test) => `${test.fullTitle()}: ${firstLine(test.err?.message)}`),
      };
      writeFileSync(file, JSON.stringify(totals));
    });
  }
}
