import { parse } from '@marcbachmann/cel-js';
import type { JsonObject } from '../contracts/json.ts';
import { costProblem, namesIn } from './condition-cost.ts';

/** What is wrong with a condition (CEL), before anything is known of what it speaks of; undefined if nothing is. */
export function conditionProblem(condition: string): string | undefined {
  try {
    const { ast } = parse(condition);
    // The library's regular expressions can take for ever on a text that a model has chosen.
    if (namesIn(ast).has('matches'))
      return 'matches() is not available; use startsWith, endsWith, contains or in';
    return costProblem(ast, {});
  } catch (error) {
    return firstLine(error);
  }
}

/** Whether a condition holds of these values; a problem when that can't be said. */
export function holds(condition: string, values: JsonObject): boolean | { problem: string } {
  try {
    const evaluate = parse(condition);
    const problem = costProblem(evaluate.ast, values);
    if (problem !== undefined) return { problem };
    const value: unknown = evaluate({ ...values });
    if (typeof value === 'boolean') return value;
    return { problem: `it gives ${value === null ? 'null' : typeof value}, not true or false` };
  } catch (error) {
    return { problem: firstLine(error) };
  }
}

/** The library adds a drawing of the expression below it. */
function firstLine(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
}
