import * as z from 'zod';
import { defineTool, ToolError } from './define-tool.ts';
import { batchedTimeoutMs, maxPageChars } from './limits.ts';

/** Where a page that should end at `end` must end so as not to cut a character of two code units in half. */
function wholeCharacters(text: string, end: number): number {
  return end < text.length && /[\uD800-\uDBFF]/u.test(text.charAt(end - 1)) ? end - 1 : end;
}

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
    const totalChars = file.text.length;
    if (offset > totalChars) throw new ToolError('Invalid', `${path} has only ${totalChars} characters`);
    const end = wholeCharacters(file.text, Math.min(offset + limit, totalChars));
    return Promise.resolve({
      path: file.path,
      content: file.text.slice(offset, end),
      offset,
      ...(end < totalChars ? { nextOffset: end } : {}),
      totalChars,
    });
  },
});
