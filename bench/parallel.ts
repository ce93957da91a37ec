/** As many as a client may reasonably have under way at once. */
const AT_ONCE = 50;

/** Does something so many times, some of them at once; gives what came of those that gave something. */
export async function inParallel<Result>(
  howMany: number,
  one: (index: number) => Promise<Result> | undefined,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < howMany) {
      const index = next;
      next += 1;
      const result = await one(index);
      if (result !== undefined) results.push(result);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return results;
}
