import { ToolError } from '../define-tool.ts';
import type { Workspace } from '../workspace.ts';

/** A package with more is counted in part. */
const maxFolders = 500;
const maxFiles = 10_000;
const maxLicenceBytes = 200_000;
const maxLicenceChars = 600;
const licenceName = /^(licen[cs]e|copying|unlicense)(\.(md|txt))?$/iu;

/** What a package holds itself, without the packages nested in it. */
export function sizeOf(
  workspace: Workspace,
  folder: string,
): { files: number; bytes: number; complete: boolean; licenceFile: string } {
  const size = { files: 0, bytes: 0, complete: true, licenceFile: '' };
  const own = workspace.canonical(folder);
  const folders = [own];
  const seen = new Set(folders);
  // The list grows while it is walked.
  for (const path of folders) {
    for (const entry of entriesOf(workspace, path, size)) {
      // A link may lead back up, or into another package.
      if (entry.name === 'node_modules' || seen.has(entry.path) || !entry.path.startsWith(`${own}/`))
        continue;
      if (entry.type === 'directory') {
        if (folders.length < maxFolders) folders.push(entry.path);
        else size.complete = false;
        seen.add(entry.path);
      } else {
        size.files += 1;
        size.bytes += entry.bytes;
        if (path === own && licenceName.test(entry.name) && size.licenceFile === '')
          size.licenceFile = beginning(workspace, entry.path);
      }
    }
    if (size.files > maxFiles) return { ...size, complete: false };
  }
  return size;
}

function entriesOf(
  workspace: Workspace,
  path: string,
  size: { complete: boolean },
): ReturnType<Workspace['list']>['entries'] {
  try {
    return workspace.list(path).entries;
  } catch (error) {
    // A folder with too many entries, or one that went away.
    if (!(error instanceof ToolError)) throw error;
    size.complete = false;
    return [];
  }
}

function beginning(workspace: Workspace, path: string): string {
  try {
    return workspace
      .readText(path, maxLicenceBytes)
      .text.replaceAll(/\s+/gu, ' ')
      .trim()
      .slice(0, maxLicenceChars);
  } catch (error) {
    if (error instanceof ToolError) return '';
    throw error;
  }
}
