import { ToolError, type ToolContext } from '../define-tool.ts';
import { parseDate } from './date.ts';

/** A workspace may state the day it plays on, so that a shipped example does not age. */
const todayFile = 'today.txt';

/** A date and a line end, with room to spare. */
const maxTodayBytes = 100;

/** Today's date: what `today.txt` says, or else the clock's date in UTC. Garbage in the file throws. */
export function today({ workspace, now }: Pick<ToolContext, 'workspace' | 'now'>): string {
  try {
    return parseDate(workspace.readText(todayFile, maxTodayBytes).text, todayFile);
  } catch (error) {
    if (error instanceof ToolError && error.type === 'NotFound') return now().toISOString().slice(0, 10);
    throw error;
  }
}
