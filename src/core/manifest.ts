import type { ToolManifest } from '../contracts/tool.ts';

/** The manifest that was recorded for a tool when the agent started; built-in tools and unknown ones have none. */
export function manifestOf(
  { manifests }: { readonly manifests: readonly ToolManifest[] },
  name: string,
): ToolManifest | undefined {
  return manifests.find((manifest) => manifest.name === name);
}
