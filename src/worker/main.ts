#!/usr/bin/env node
import { runOnPinnedNode } from '../runtime/pinned-node.ts';

await runOnPinnedNode(() => import('./run.ts'));
