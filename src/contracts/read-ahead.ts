/** How the error begins with which a worker gives up an agent that it has read too far, to read it anew (`src/workflows/read-ahead.ts`). */
export const READ_AHEAD = 'This worker has read the agent ahead of its workflow tasks';

/** Whether an error of a query or of a replay says so. */
export function isReadAhead(error: unknown): boolean {
  return error instanceof Error && error.message.includes(READ_AHEAD);
}
