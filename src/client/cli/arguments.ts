import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../../contracts/duration.ts';
import { Json, JsonObject } from '../../contracts/json.ts';

export function wholeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < 0)
    throw new InvalidArgumentError('It must be a whole number, 0 or more.');
  return value;
}

/** How many of a list are asked for. */
export function listLimit(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError('It must be a whole number, 1 or more.');
  return value;
}

export function amount(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value <= 0)
    throw new InvalidArgumentError('It must be a number above 0.');
  return value;
}

export function duration(text: string): string {
  if (parseDuration(text) === undefined)
    throw new InvalidArgumentError('It must be a duration like 90s, 10m, 2d or PT1H30M, at most 366d.');
  return text;
}

export function jsonValue(text: string): Json {
  const parsed = Json.safeParse(parseJson(text));
  if (!parsed.success) throw new InvalidArgumentError('It must be JSON.');
  return parsed.data;
}

export function jsonObject(text: string): JsonObject {
  const parsed = JsonObject.safeParse(parseJson(text));
  if (!parsed.success) throw new InvalidArgumentError('It must be a JSON object, like {"invoice":"INV-1"}.');
  return parsed.data;
}

/** Collects `key=value`, from several flags and several words after one. */
export function label(text: string, before: Record<string, string> | undefined): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('It must be key=value.');
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InvalidArgumentError(`It is not JSON: ${reason}.`);
  }
}

/** The examples at the end of a help text. */
export function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}`;
}
