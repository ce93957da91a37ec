import * as z from 'zod';
import { defineTool } from './define-tool.ts';
import { batchedTimeoutMs, maxPageChars } from './limits.ts';
import { pageOfText } from './text-page.ts';

export const readFile = defineTool({
  name: 'read_file',
  description:
    'Reads a text file of the workspace. A long file comes in pages: go on with offset = nextOffset while there is one.',
  effect: 'pure',
  timeoutMs: batchedTimeoutMs,
  input: z.strictObject({
    path: z.string().describe('File, relative to the workspace'),
    offset: z.int().min(0).default(0).describe('First character of the page'),
    // Two, because a page of one could never get past a character of two code units.
    limit: z.int().min(2).max(maxPageChars).default(maxPageChars).describe('Most characters of the page'),
  }),
  output: z.object({
    path: z.string(),
    content: z.string(),
    offset: z.int(),
    nextOffset: z.int().optional(),
    totalChars: z.int(),
  }),
  run: ({ path, offset, limit }, { workspace }) => {
    const file = workspace.readText(path);
    return Promise.resolve({ path: file.path, ...pageOfText(file.text, { offset, limit, name: path }) });
  },
});
