#!/usr/bin/env node
import { runOnPinnedNode } from '../runtime/pinned-node.ts';

await runOnPinnedNode(async () => {
  // Only now: what this imports needs the pinned Node.
  const { serve } = await import('./serve.ts');
  await serve(process.env);
});
