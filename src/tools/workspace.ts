import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { ToolError } from './define-tool.ts';
import { fileProblem } from './file-problems.ts';
import { relativeName, resolveInside } from './workspace-path.ts';

/** A whole file is held in memory while it is read; electronic invoices with an embedded PDF stay well below. */
export const maxReadBytes = 10 * 1024 * 1024;

/** What a tool writes passes through a model reply and the history, both of which are far smaller. */
export const maxWriteBytes = 1024 * 1024;

/** More than this in one folder is not listed: sorting and returning it would only serve an attack. */
const maxFolderEntries = 10_000;

/** Marks the half-written file of a write in progress, or of one that a crash cut short. */
export const temporaryName = /^\.perdure-[0-9a-f-]{36}\.tmp$/u;

interface Entry {
  readonly name: string;
  /** Workspace-relative, with links followed. */
  readonly path: string;
  readonly type: 'file' | 'directory';
  readonly bytes: number;
}

interface TextFile {
  /** Workspace-relative, with links followed. */
  readonly path: string;
  readonly text: string;
}

/**
 * The only way from a tool to files. Every path is relative to the root and is resolved to the place it really means;
 * what leads outside throws a `ToolError` of type `Forbidden`. Calls are synchronous: files are small and bounded, and
 * nothing of this process runs between a check and its use.
 */
export interface Workspace {
  /** The one workspace-relative name of what `path` means, `.` for the root; the thing itself need not exist. */
  canonical(path: string): string;
  /** Entries sorted by name; links that lead outside and things that are neither file nor folder are left out. */
  list(path: string): { path: string; entries: Entry[] };
  /** The whole text of a UTF-8 file. */
  readText(path: string, maxBytes?: number): TextFile;
  /** Replaces the file at once or not at all; missing folders are made. Durable when it returns. */
  write(path: string, content: string): { path: string; bytes: number };
}

function readChecked(absolute: string, path: string, maxBytes: number): Buffer {
  // O_NONBLOCK keeps a named pipe from holding the worker up for ever.
  const flags = fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK;
  const descriptor = fs.openSync(absolute, flags);
  try {
    const opened = fs.fstatSync(descriptor);
    if (opened.isDirectory()) throw new ToolError('Invalid', `${path} is a directory`);
    if (!opened.isFile()) throw new ToolError('Invalid', `${path} is not a regular file`);
    if (opened.size > maxBytes) throw new ToolError('Invalid', `${path} is larger than ${maxBytes} bytes`);
    // Another process may have swapped a folder for a link between the check and the opening.
    const named = fs.lstatSync(absolute);
    if (
      fs.realpathSync.native(absolute) !== absolute ||
      named.ino !== opened.ino ||
      named.dev !== opened.dev
    ) {
      throw new ToolError('Forbidden', `${path} changed while it was opened`);
    }
    const buffer = Buffer.alloc(opened.size);
    return buffer.subarray(0, fs.readSync(descriptor, buffer, 0, opened.size, 0));
  } finally {
    fs.closeSync(descriptor);
  }
}

function decode(bytes: Buffer, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ToolError('Invalid', `${path} is not UTF-8 text`);
  }
}

function syncFolder(folder: string): void {
  const descriptor = fs.openSync(folder, fs.constants.O_RDONLY);
  try {
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

function writeAtomically(absolute: string, path: string, content: string): void {
  const folder = dirname(absolute);
  fs.mkdirSync(folder, { recursive: true });
  if (fs.statSync(absolute, { throwIfNoEntry: false })?.isDirectory() === true) {
    throw new ToolError('Invalid', `${path} is a directory`);
  }
  const temporary = join(folder, `.perdure-${randomUUID()}.tmp`);
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = fs.constants;
  const descriptor = fs.openSync(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o644);
  try {
    try {
      fs.writeFileSync(descriptor, content);
      fs.fsyncSync(descriptor);
    } finally {
      fs.closeSync(descriptor);
    }
    if (fs.realpathSync.native(folder) !== folder) {
      throw new ToolError('Forbidden', `the folder of ${path} changed while it was written`);
    }
    fs.renameSync(temporary, absolute);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(folder);
}

function listEntries(root: string, absolute: string, path: string): Entry[] {
  const names = fs.readdirSync(absolute).filter((name) => !temporaryName.test(name));
  if (names.length > maxFolderEntries) {
    throw new ToolError('Invalid', `${path} has more than ${maxFolderEntries} entries`);
  }
  return names.sort().flatMap((name) => {
    const real = realEntry(root, absolute, name);
    const found = real === undefined ? undefined : fs.statSync(real, { throwIfNoEntry: false });
    if (real === undefined || found === undefined || !(found.isFile() || found.isDirectory())) return [];
    const type = found.isFile() ? 'file' : 'directory';
    return [{ name, path: relativeName(root, real), type, bytes: type === 'file' ? found.size : 0 }];
  });
}

function realEntry(root: string, folder: string, name: string): string | undefined {
  try {
    return resolveInside(root, join(relativeName(root, folder), name));
  } catch (error) {
    if (error instanceof ToolError) return undefined;
    throw error;
  }
}

/** Opens the folder that file tools may touch. Throws when it is not there: a worker must not start with a wrong one. */
export function openWorkspace(folder: string): Workspace {
  const found = fs.statSync(folder, { throwIfNoEntry: false });
  if (found?.isDirectory() !== true) throw new Error(`the workspace ${folder} is not a folder`);
  const root = fs.realpathSync.native(folder);
  const at = <Result>(path: string, use: (absolute: string) => Result): Result => {
    try {
      return use(resolveInside(root, path));
    } catch (error) {
      throw fileProblem(error, path);
    }
  };
  return {
    canonical: (path) => at(path, (absolute) => relativeName(root, absolute)),
    list: (path) =>
      at(path, (absolute) => ({
        path: relativeName(root, absolute),
        entries: listEntries(root, absolute, path),
      })),
    readText: (path, maxBytes = maxReadBytes) =>
      at(path, (absolute) => ({
        path: relativeName(root, absolute),
        text: decode(readChecked(absolute, path, maxBytes), path),
      })),
    write: (path, content) =>
      at(path, (absolute) => {
        const bytes = Buffer.byteLength(content);
        if (bytes > maxWriteBytes) throw new ToolError('Invalid', `${path}: at most ${maxWriteBytes} bytes`);
        if (absolute === root) throw new ToolError('Invalid', `${path} is the workspace itself`);
        writeAtomically(absolute, path, content);
        return { path: relativeName(root, absolute), bytes };
      }),
  };
}
