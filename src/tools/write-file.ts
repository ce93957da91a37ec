import { createHash } from 'node:crypto';
import * as z from 'zod';
import { defineTool, ToolError } from './define-tool.ts';
import { effectTimeoutMs } from './limits.ts';

/** A report, not a data dump; what a model writes in one reply is shorter. */
const maxContentChars = 256_000;

export const writeFile = defineTool({
  name: 'write_file',
  description:
    'Writes a text file into the workspace; replaces the file if it is there. Missing folders are made.',
  effect: 'idempotent',
  timeoutMs: effectTimeoutMs,
  input: z.strictObject({
    path: z.string().describe('File, relative to the workspace'),
    content: z.string().max(maxContentChars).describe('The whole content of the file'),
  }),
  output: z.object({ path: z.string(), bytes: z.int(), sha256: z.string() }),
  /**
   * Where the content would really go, so that a policy can speak of folders. `outside` is true, and `path` empty, for
   * what leads out of the workspace. Whether the file exists is left out on purpose: the write itself changes that, and
   * a retry after a crash must find the same facts.
   */
  assess: ({ path, content }, { workspace }) => {
    const bytes = Buffer.byteLength(content);
    try {
      return Promise.resolve({ path: workspace.canonical(path), outside: false, bytes, problem: '' });
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      return Promise.resolve({ path: '', outside: true, bytes, problem: error.message });
    }
  },
  run: async ({ path, content }, { workspace, confirmLease }) => {
    await confirmLease();
    const written = workspace.write(path, content);
    return { ...written, sha256: createHash('sha256').update(content).digest('hex') };
  },
});
