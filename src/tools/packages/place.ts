import { ToolError } from '../define-tool.ts';
import type { Workspace } from '../workspace.ts';

/**
 * Where a file would really be written, so that a policy can speak of folders. `outside` is true, and `path` empty, for
 * what leads out of the workspace. Whether the file exists is left out: the write itself changes that.
 */
export function placeFacts(
  workspace: Workspace,
  path: string,
): { path: string; outside: boolean; problem: string } {
  try {
    return { path: workspace.canonical(path), outside: false, problem: '' };
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return { path: '', outside: true, problem: error.message };
  }
}
