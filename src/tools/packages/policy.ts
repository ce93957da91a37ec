import { parse } from 'yaml';
import * as z from 'zod';
import { ToolError } from '../define-tool.ts';
import type { Workspace } from '../workspace.ts';
import { FindingCode } from './finding.ts';
import { cut } from './installed.ts';
import { maxNameChars } from './lock-file.ts';

/** Written by hand; and YAML is parsed as a whole. */
const maxPolicyBytes = 64_000;
/** Far deeper than a policy; the library's time grows with the square of the depth. */
const maxDepth = 50;
const maxItems = 2_000;

const Name = z.string().min(1).max(maxNameChars);
const Reason = z.string().min(1).max(500);

/** What a repository allows its dependencies. Lists rather than maps, so that no package's name has a meaning of its own. */
export const PackagePolicy = z.strictObject({
  licences: z.strictObject({ allowed: z.array(z.string().min(1).max(100)).max(maxItems) }),
  forbidden: z
    .array(z.strictObject({ package: Name, reason: Reason }))
    .max(maxItems)
    .default([]),
  /** Packages that may run scripts when they are installed. */
  installScripts: z.strictObject({ allowed: z.array(Name).max(maxItems) }).default({ allowed: [] }),
  /** Where packages may come from, as beginnings of addresses; anywhere, if it is not given. */
  sources: z.array(z.string().min(1).max(500)).max(maxItems).optional(),
  /** Findings that people have accepted for good. */
  exceptions: z
    .array(
      z.strictObject({ package: Name, version: z.string().optional(), finding: FindingCode, reason: Reason }),
    )
    .max(maxItems)
    .default([]),
});
export type PackagePolicy = z.infer<typeof PackagePolicy>;

/** The policy in a YAML or JSON file of the workspace; whatever is wrong with it is named. */
export function readPolicy(workspace: Workspace, path: string): PackagePolicy {
  const parsed = PackagePolicy.safeParse(yamlOf(workspace.readText(path, maxPolicyBytes).text, path));
  if (parsed.success) return parsed.data;
  throw new ToolError('Invalid', `${path}: ${z.prettifyError(parsed.error)}`);
}

/** Whether brackets or lists in lists open so often that nothing a person wrote looks like it. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  for (const [sign] of text.matchAll(/[[\]{}]/gu)) {
    depth += sign === '[' || sign === '{' ? 1 : -1;
    if (depth > maxDepth) return true;
  }
  return text.includes('- '.repeat(maxDepth)) || text.includes('? '.repeat(maxDepth));
}

function yamlOf(text: string, path: string): unknown {
  if (isTooDeep(text)) throw new ToolError('Invalid', `${path} is nested too deeply`);
  try {
    // Aliases could make a small file a large one.
    return parse(text, { maxAliasCount: 0 });
  } catch (error) {
    // Also when it is nested so deeply that the library runs out of stack.
    throw new ToolError('Invalid', `${path} is no YAML: ${cut(String(error))}`);
  }
}
