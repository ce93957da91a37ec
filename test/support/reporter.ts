import { writeFileSync } from 'node:fs';
import mocha from 'mocha';

/** What a group of tests came to. The process that writes this may be gone before anybody reads it. */
export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Of each failed test its whole title, what went wrong, and where. */
  readonly failures: readonly string[];
}

const totalsFileVariable = 'TEST_TOTALS_FILE';

/** Of a difference between two large values the beginning. */
const MAX_REASON_CHARS = 2_000;

/** With the first place in a test: the end of a long log is often all that anybody gets to see. */
function reasonOf({ message, stack }: Partial<Error> = {}): string {
  const place = stack?.split('\n').find((line) => /^\s+at .*\.test\.ts:/.test(line)) ?? '';
  return `${(message ?? 'no reason was given').trim().slice(0, MAX_REASON_CHARS)}${place && `\n${place}`}`;
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
        failures: this.failures.map((test) => `${test.fullTitle()}: ${reasonOf(test.err)}`),
      };
      writeFileSync(file, JSON.stringify(totals));
    });
  }
}
