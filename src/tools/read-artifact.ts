import * as z from 'zod';
import { defineTool, ToolError } from './define-tool.ts';
import { batchedTimeoutMs, maxPageChars } from './limits.ts';
import { pageOfText } from './text-page.ts';

export const readArtifact = defineTool({
  name: 'read_artifact',
  description:
    'Reads a result that was too long to be shown whole. It comes in pages: go on with offset = nextOffset while there is one.',
  effect: 'pure',
  timeoutMs: batchedTimeoutMs,
  input: z.strictObject({
    artifact: z.string().max(200).describe('As the result names it'),
    offset: z.int().min(0).default(0).describe('First character of the page'),
    // Two, because a page of one could never get past a character of two code units.
    limit: z.int().min(2).max(maxPageChars).default(maxPageChars).describe('Most characters of the page'),
  }),
  output: z.object({
    artifact: z.string(),
    content: z.string(),
    offset: z.int(),
    nextOffset: z.int().optional(),
    totalChars: z.int(),
  }),
  run: async ({ artifact, offset, limit }, { readArtifact: read }) => {
    const text = await read(artifact);
    if (text === undefined) {
      const where = 'among the results of your own calls, or its file is not on this machine';
      throw new ToolError('NotFound', `there is no artifact ${artifact} ${where}`);
    }
    return { artifact, ...pageOfText(text, { offset, limit, name: 'the artifact' }) };
  },
});
