import { parse } from '@marcbachmann/cel-js';
import type { JsonObject } from '../contracts/json.ts';
import { costOf, namesIn } from './condition-cost.ts';
import { payingFor, type Steps, stepsForOne } from './condition-steps.ts';
import { memoized } from './memoized.ts';

/** Reading a condition costs more than evaluating it mostly does. */
const MAX_COMPILED = 200;

const compiled = memoized(MAX_COMPILED, (condition: string) => {
  const evaluate = parse(condition);
  const cost = costOf(evaluate.ast);
  return { evaluate, cost, ...payingFor(evaluate.ast) };
});

/** What is wrong with a condition (CEL), before anything is known of what it speaks of; undefined if nothing is. */
export function conditionProblem(condition: string): string | undefined {
  try {
    const { ast } = parse(condition);
    // The library's regular expressions can take for ever on a text that a model has chosen.
    if (namesIn(ast).has('matches'))
      return 'matches() is not available; use startsWith, endsWith, contains or in';
    return costOf(ast)({});
  } catch (error) {
    return firstLine(error);
  }
}

/**
 * Whether a condition holds of these values; a problem when that can't be said. Several that are asked in one go pay from one
 * account, so that together they don't take longer than one may.
 */
export function holds(
  condition: string,
  values: JsonObject,
  account: Steps = stepsForOne(),
): boolean | { problem: string } {
  try {
    const { evaluate, cost, pays } = compiled(condition);
    const problem = cost(values);
    if (problem !== undefined) return { problem };
    pays(account);
    const value: unknown = evaluate({ ...values });
    if (account.left < 0) return { problem: tooManySteps };
    if (typeof value === 'boolean') return value;
    return { problem: `it gives ${value === null ? 'null' : typeof value}, not true or false` };
  } catch (error) {
    return { problem: account.left < 0 ? tooManySteps : firstLine(error) };
  }
}

const tooManySteps = 'it takes too many steps';

/** The library adds a drawing of the expression below it. */
function firstLine(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
}
