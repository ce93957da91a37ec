import type { DataConverter } from '@temporalio/common';

/**
 * How payloads and failures are written and read, the same for workers and clients. Plain JSON without a codec, so that the Web UI
 * and the `temporal` CLI read and write everything; with keys, `src/payloads/converter.ts` adds a codec for all processes at once.
 */
export const dataConverter = {
  payloadConverterPath: pathOf('payload-converter'),
  failureConverterPath: pathOf('failure-converter'),
} satisfies DataConverter;

/** The extension is that of this file, so that it works from source and when built; the folder, because chunks have one of their own. */
function pathOf(module: string): string {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return decodeURIComponent(new URL(`../contracts/${module}.${extension}`, import.meta.url).pathname);
}
