/**
 * Does something at most once at a time, and once more when it was asked for meanwhile: however fast it is asked for, what was begun
 * comes to its end.
 */
export function coalesced(work: () => Promise<unknown>): () => void {
  let isRunning = false;
  let isWanted = false;
  const run = async (): Promise<void> => {
    isRunning = true;
    do {
      isWanted = false;
      await work().catch(() => undefined);
    } while (wantedAgain());
    isRunning = false;
  };
  const wantedAgain = (): boolean => isWanted;
  return () => {
    isWanted = true;
    if (!isRunning) void run();
  };
}
