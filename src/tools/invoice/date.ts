import { ToolError } from '../define-tool.ts';

/** Parses a calendar date, with or without the time zone that XML Schema allows behind it; returns `YYYY-MM-DD`. */
export function parseDate(text: string, where: string): string {
  const date = /^(\d{4}-\d{2}-\d{2})(?:Z|[+-]\d{2}:\d{2})?$/u.exec(text.trim())?.[1];
  const time = date === undefined ? NaN : Date.parse(`${date}T00:00:00Z`);
  // JavaScript reads the 31st of February as the 3rd of March; only what comes back unchanged is a date.
  if (date === undefined || Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== date) {
    throw new ToolError(
      'Invalid',
      `${where} is not a date (YYYY-MM-DD): ${JSON.stringify(text.slice(0, 40))}`,
    );
  }
  return date;
}
