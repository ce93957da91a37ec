#!/usr/bin/env node
import { runOnPinnedNode } from '../../runtime/pinned-node.ts';

// Only then anybody sees a stack.
await runOnPinnedNode(() => import('./run.ts'), { namesSource: process.argv.includes('--verbose') });
