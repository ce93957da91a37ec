/**
 * Pure tools that stay below this run as batched steps, which cost a fraction of an activity. Reading bounded local
 * files takes milliseconds.
 */
export const batchedTimeoutMs = 500;

/** Room for a slow disk and for other processes' locks; past it the attempt is given up and the key makes a retry safe. */
export const effectTimeoutMs = 15_000;

/** As much text as one tool result may add to a model's context. */
export const maxPageChars = 16_000;
