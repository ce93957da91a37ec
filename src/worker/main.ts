#!/usr/bin/env node
import { runOnPinnedNode } from '../runtime/pinned-node.ts';
import { toldToStop } from '../runtime/told-to-stop.ts';

await runOnPinnedNode(async () => {
  const stop = toldToStop();
  const { runWorker } = await import('./run.ts');
  await runWorker(stop);
});
