import { lstatSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, sep, win32 } from 'node:path';
import { ToolError } from './define-tool.ts';
import { fileProblem, isMissing } from './file-problems.ts';

/** Longer than any path a person would name; keeps error messages and file-system calls small. */
const maxPathChars = 1_024;

/** Deeper than any sensible folder; bounds the file-system calls that one path can cause. */
const maxSegments = 32;

/** Whether `path` is `root` or lies below it; both must be real paths. */
function isWithin(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}

/** The real path of one more step, or the step itself where nothing exists yet. */
function step(root: string, next: string, path: string): string {
  try {
    const real = realpathSync.native(next);
    if (!isWithin(root, real)) throw new ToolError('Forbidden', `${path} leads out of the workspace`);
    return real;
  } catch (error) {
    if (!isMissing(error)) throw fileProblem(error, path);
  }
  // A dangling link has no real path, yet writing to it would create whatever it points at.
  if (lstatSync(next, { throwIfNoEntry: false })?.isSymbolicLink() === true) {
    throw new ToolError('Forbidden', `${path} leads through a link to something that does not exist`);
  }
  return next;
}

/**
 * The absolute place that a path means in a workspace, every link followed. The path is walked step by step, because
 * `link/..` is the parent of the link's target, which a lexical clean-up would miss. Throws `ToolError` of type
 * `Forbidden` for whatever leads out of `root`, even if it comes back in.
 */
export function resolveInside(root: string, path: string): string {
  if (path.length > maxPathChars)
    throw new ToolError('Invalid', `a path has at most ${maxPathChars} characters`);
  if (path.includes('\0')) throw new ToolError('Forbidden', 'a path has no NUL character');
  if (isAbsolute(path) || win32.isAbsolute(path)) {
    throw new ToolError('Forbidden', `${path} is absolute: paths are relative to the workspace`);
  }
  const segments = path.split(sep === '\\' ? /[/\\]/u : '/');
  if (segments.length > maxSegments)
    throw new ToolError('Invalid', `a path has at most ${maxSegments} segments`);
  let current = root;
  for (const segment of segments) {
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') current = step(root, join(current, segment), path);
    else if (current === root) throw new ToolError('Forbidden', `${path} leads out of the workspace`);
    else current = dirname(current);
  }
  return current;
}

/** The one name of a place inside: relative to the workspace, with forward slashes, `.` for the workspace itself. */
export function relativeName(root: string, absolute: string): string {
  const name = relative(root, absolute);
  return name === '' ? '.' : name.split(sep).join('/');
}
