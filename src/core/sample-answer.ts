import type { AnswerForm } from '../contracts/form.ts';
import type { Json, JsonObject } from '../contracts/json.ts';

type Field = AnswerForm['properties'][string];

/** An answer that fits a form, for lines that people paste and put their own values into: words alone would be refused. */
export function sampleAnswer({ properties, required = [] }: AnswerForm): JsonObject {
  const all = Object.entries(properties);
  const needed = all.filter(([name]) => required.includes(name));
  return Object.fromEntries(
    (needed.length > 0 ? needed : all).map(([name, field]) => [name, sampleOf(field)]),
  );
}

function sampleOf({ type, enum: choices = [], minimum = -Infinity, maximum = Infinity }: Field): Json {
  const [first] = choices;
  if (first !== undefined) return first;
  if (type === 'string') return '…';
  if (type === 'boolean') return false;
  const least = type === 'integer' ? Math.ceil(minimum) : minimum;
  return Math.min(Math.max(0, least), maximum);
}
