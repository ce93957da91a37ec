import { setTimeout as pause } from 'node:timers/promises';

/** Waits, and says whether to go on: not if the signal came. */
export async function slept(ms: number, signal: AbortSignal): Promise<boolean> {
  await pause(ms, undefined, { signal }).catch(() => undefined);
  return !signal.aborted;
}
