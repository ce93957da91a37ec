import type { DataConverter } from '@temporalio/common';

/**
 * How payloads are written and read, the same for workers and clients. Plain JSON without a codec, so that the Web UI
 * and the `temporal` CLI read and write everything; with keys, `src/payloads/converter.ts` adds a codec for all processes at once.
 */
export const dataConverter: DataConverter = {
  // The extension is that of this file, so that it works from source and when built; the folder, because chunks have one of their own.
  payloadConverterPath: decodeURIComponent(
    new URL(
      `../contracts/payload-converter.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`,
      import.meta.url,
    ).pathname,
  ),
};
