#!/usr/bin/env node
import { runOnPinnedNode } from '../../runtime/pinned-node.ts';

// Others never see a stack, but the SDK's client looks at that of every answer that is an error.
await runOnPinnedNode(() => import('./run.ts'), { namesSource: process.argv.includes('--verbose') });
