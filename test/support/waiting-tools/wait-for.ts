import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { AnyTool } from '../../../src/tools/define-tool.ts';
import type { ToolKit } from '../../../src/tools/kit.ts';

const pollMs = 20;

/** Waits until a file is in the workspace: a test says when it ends. */
export function waitingTool(
  { defineTool, z }: ToolKit,
  name: string,
  effect: 'idempotent' | 'once',
): AnyTool {
  return defineTool({
    name,
    description: 'Waits until a file is there.',
    effect,
    timeoutMs: 60_000,
    input: z.strictObject({ path: z.string() }),
    output: z.object({ found: z.string() }),
    run: async ({ path }, { signal }) => {
      const file = join(process.env['PERDURE_WORKSPACE'] ?? '', path);
      while (!existsSync(file)) await pause(pollMs, undefined, { signal });
      return { found: path };
    },
  });
}

export default (kit: ToolKit): AnyTool => waitingTool(kit, 'wait_for', 'idempotent');
