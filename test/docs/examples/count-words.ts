import * as z from 'zod';
import { defineTool } from '../../../src/tools/define-tool.ts';
import { batchedTimeoutMs } from '../../../src/tools/limits.ts';

export const countWords = defineTool({
  name: 'count_words',
  description: 'Counts the words of a text file of the workspace.',
  effect: 'pure',
  timeoutMs: batchedTimeoutMs,
  input: z.strictObject({ path: z.string().describe('File, relative to the workspace') }),
  output: z.object({ path: z.string(), words: z.int() }),
  run: ({ path }, { workspace }) => {
    const file = workspace.readText(path);
    const words = file.text.split(/\s+/u).filter((word) => word !== '').length;
    return Promise.resolve({ path: file.path, words });
  },
});
