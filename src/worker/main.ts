#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { runOnPinnedNode } from '../runtime/pinned-node.ts';

/** A restarted worker is waited for, and a good part of its start is compiling what it compiled the last time. */
await runOnPinnedNode(async () => {
  // Imported here, because older versions of Node lack it. Beside the code: who may write there may change the code as well.
  const { enableCompileCache } = await import('node:module');
  if (import.meta.url.endsWith('.js'))
    enableCompileCache(fileURLToPath(new URL('../.compile-cache', import.meta.url)));
  await import('./run.ts');
});
