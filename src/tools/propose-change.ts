import { createHash } from 'node:crypto';
import * as z from 'zod';
import { defineTool } from './define-tool.ts';
import { effectTimeoutMs } from './limits.ts';
import { Folder, PackageName } from './packages/input.ts';
import { readLockFile } from './packages/lock-file.ts';

const maxReasonChars = 4_000;
const maxPatchChars = 64_000;
const maxVersions = 10;
/** Where proposals are filed that a policy lets through. */
const proposals = 'reports/proposals';

export const proposeChange = defineTool({
  name: 'propose_change',
  description:
    'Proposes a change of a dependency. Usually a person carries it out and reports; the report is the result. ' +
    'It changes nothing by itself: without such a policy the proposal is filed in the workspace.',
  effect: 'idempotent',
  timeoutMs: effectTimeoutMs,
  input: z.strictObject({
    package: PackageName,
    action: z
      .enum(['remove', 'replace', 'update', 'downgrade', 'reinstall', 'block_script', 'change_policy'])
      .describe('What should be done'),
    reason: z.string().min(1).max(maxReasonChars),
    patch: z.string().max(maxPatchChars).optional().describe('A unified diff, if there is one'),
    folder: Folder,
  }),
  output: z.object({ status: z.enum(['filed', 'done']), path: z.string().optional() }),
  /** What the lock file says of the package, whatever the proposal claims. */
  assess: ({ package: name, folder }, { workspace }) => {
    const places = readLockFile(workspace, folder).filter((each) => each.name === name);
    return Promise.resolve({
      known: places.length > 0,
      versions: [...new Set(places.map(({ version }) => version))].slice(0, maxVersions),
      licences: [...new Set(places.map(({ licence }) => licence))].slice(0, maxVersions),
      direct: places.some(({ direct }) => direct),
      dev: places.length > 0 && places.every(({ dev }) => dev),
      installScript: places.some(({ installScript }) => installScript),
    });
  },
  run: async ({ package: name, action, reason, patch }, { workspace, key, confirmLease }) => {
    // The key's own file: a repeat replaces it with the same.
    const file = `${proposals}/${createHash('sha256').update(key).digest('hex').slice(0, 12)}.md`;
    const text = [`# ${action}: ${name}`, reason, ...(patch === undefined ? [] : [fenced(patch)])].join(
      '\n\n',
    );
    await confirmLease();
    const { path } = workspace.write(file, `${text}\n`);
    return { status: 'filed' as const, path };
  },
});

/** A fence that nothing in the text can close. */
function fenced(text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/gu) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}diff\n${text}\n${fence}`;
}
