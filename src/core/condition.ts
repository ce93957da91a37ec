import { evaluate, parse } from '@marcbachmann/cel-js';
import type { JsonObject } from '../contracts/json.ts';

/** What is wrong with a condition (CEL), before anything is known of what it speaks of; undefined if nothing is. */
export function conditionProblem(condition: string): string | undefined {
  try {
    parse(condition);
    // The library's regular expressions can take for ever on a text that a model has chosen.
    if (/\bmatches\s*\(/.test(condition))
      return 'matches() is not available; use startsWith, endsWith, contains or in';
    return undefined;
  } catch (error) {
    return firstLine(error);
  }
}

/** Whether a condition holds of these values; a problem when that can't be said. */
export function holds(condition: string, values: JsonObject): boolean | { problem: string } {
  try {
    const value: unknown = evaluate(condition, { ...values });
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
