import * as z from 'zod';
import { defineTool, ToolError } from './define-tool.ts';
import { effectTimeoutMs } from './limits.ts';
import { placeFacts } from './packages/place.ts';
import { Folder } from './packages/input.ts';
import { readLockFile } from './packages/lock-file.ts';
import { recordOf, recordText } from './packages/record.ts';

export const recordPackages = defineTool({
  name: 'record_packages',
  description:
    'Writes down which packages there are now, for list_packages to compare with the next time. "fingerprint" is that of ' +
    'the list that was worked on: if the packages are others by now, nothing is written.',
  effect: 'idempotent',
  timeoutMs: effectTimeoutMs,
  input: z.strictObject({
    to: z.string().describe('File, relative to the workspace'),
    fingerprint: z.string().max(100),
    folder: Folder,
  }),
  output: z.object({ path: z.string(), packages: z.int(), bytes: z.int() }),
  assess: ({ to }, { workspace }) => Promise.resolve(placeFacts(workspace, to)),
  run: async ({ to, fingerprint, folder }, { workspace, confirmLease }) => {
    const record = recordOf(readLockFile(workspace, folder));
    if (record.fingerprint !== fingerprint) {
      throw new ToolError(
        'Conflict',
        `the packages have changed: their fingerprint is ${record.fingerprint}`,
      );
    }
    await confirmLease();
    const { path, bytes } = workspace.write(to, recordText(record));
    return { path, bytes, packages: record.packages.length };
  },
});
