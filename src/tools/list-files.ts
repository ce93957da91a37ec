import * as z from 'zod';
import { defineTool } from './define-tool.ts';
import { batchedTimeoutMs } from './limits.ts';

/** As many entries as a model can make use of at once. */
const maxEntries = 500;

export const listFiles = defineTool({
  name: 'list_files',
  description: 'Lists a folder of the workspace, sorted by name. Use "." for the workspace itself.',
  effect: 'pure',
  timeoutMs: batchedTimeoutMs,
  input: z.strictObject({ path: z.string().describe('Folder, relative to the workspace') }),
  output: z.object({
    path: z.string(),
    entries: z.array(
      z.object({
        name: z.string(),
        path: z.string(),
        type: z.enum(['file', 'directory']),
        bytes: z.int(),
      }),
    ),
    truncated: z.boolean(),
  }),
  run: ({ path }, { workspace }) => {
    const { path: canonical, entries } = workspace.list(path);
    const truncated = entries.length > maxEntries;
    return Promise.resolve({ path: canonical, entries: entries.slice(0, maxEntries), truncated });
  },
});
