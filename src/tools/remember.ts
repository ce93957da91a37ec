import * as z from 'zod';
import { maxMemoriesPerDefinition, maxMemoryChars } from '../storage/memories.ts';
import { defineTool, ToolError } from './define-tool.ts';
import { effectTimeoutMs } from './limits.ts';
import { Label, memoryIn } from './memory.ts';

export const remember = defineTool({
  name: 'remember',
  description:
    'Keeps something that you learned, beyond this conversation; recall finds it by its words. ' +
    'Write it so that it can be understood by itself: what, whose word it is, since when.',
  effect: 'idempotent',
  timeoutMs: effectTimeoutMs,
  remembers: true,
  input: z.strictObject({
    text: z.string().trim().min(1).max(maxMemoryChars),
    label: Label.optional().describe(
      'What it belongs to, for instance a customer; recall can ask for one label',
    ),
  }),
  output: z.object({ id: z.string(), at: z.string().describe('When it was kept') }),
  run: async ({ text, label }, context) => {
    const memory = memoryIn(context);
    await context.confirmLease();
    const kept = await memory.keep({ text, label });
    if (kept !== undefined) return { id: kept.id, at: kept.at };
    throw new ToolError(
      'Conflict',
      `the memory is full: it holds ${maxMemoriesPerDefinition} entries; people can delete some with perdure memory delete`,
    );
  },
});
