import { setTimeout as pause } from 'node:timers/promises';
import type { AnyTool } from '../../src/tools/define-tool.ts';
import type { ToolKit } from '../../src/tools/kit.ts';

/** A tool that takes its time, for killing the worker that runs it. */
export default ({ defineTool, z }: ToolKit): AnyTool =>
  defineTool({
    name: 'wait',
    description: 'Waits.',
    effect: 'idempotent',
    timeoutMs: 60_000,
    input: z.strictObject({ ms: z.int() }),
    output: z.object({ waited: z.int() }),
    run: async ({ ms }, { signal }) => {
      await pause(ms, undefined, { signal });
      return { waited: ms };
    },
  });
