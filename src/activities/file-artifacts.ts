import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { unlessMissing } from '../storage/unless-missing.ts';
import { ToolUnavailable } from '../tools/define-tool.ts';
import type { ArtifactPort } from './ports.ts';

/** Ids of runs and hashes are such names; anything else is never made part of a path. */
const safeName = /^[a-zA-Z0-9-]{1,100}$/;
/** Of a file while it is written, or since a write was interrupted. */
export const temporaryArtifact = /^\.[0-9a-f-]{36}\.tmp$/;
const hashName = /^[0-9a-f]{64}$/;

/**
 * Artifacts as files: `<folder>/<owner>/<SHA-256 of the text>`. A file is complete or not there: it is written beside its
 * place, brought to the disk, and renamed. Whatever goes wrong with the disk is a `ToolUnavailable`.
 */
export function openArtifacts(folder: string): ArtifactPort {
  const folderOf = (owner: string): string => join(folder, safeName.test(owner) ? owner : hashOf(owner));
  return {
    put: async (owner, text) => {
      const hash = hashOf(text);
      const place = folderOf(owner);
      try {
        // The same text again: an attempt that died after it had written it.
        if ((await unlessMissing(readFile(join(place, hash), 'utf8'))) !== text)
          await write(place, hash, text);
      } catch (error) {
        throw unavailable('kept', error);
      }
      return hash;
    },
    get: async (owner, hash) => {
      if (!hashName.test(hash)) return undefined;
      let text: string | undefined;
      try {
        text = await unlessMissing(readFile(join(folderOf(owner), hash), 'utf8'));
      } catch (error) {
        throw unavailable('read', error);
      }
      if (text !== undefined && hashOf(text) !== hash)
        throw new ToolUnavailable(`the artifact ${hash} is damaged: its content has another hash`);
      return text;
    },
  };
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function write(place: string, hash: string, text: string): Promise<void> {
  await mkdir(place, { recursive: true });
  const temporary = join(place, `.${randomUUID()}.tmp`);
  try {
    await writeDurably(temporary, text);
    await rename(temporary, join(place, hash));
    await syncFolder(place);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function writeDurably(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The message is read by models and kept in the history, so it names the kind of problem and no path of the machine. */
function unavailable(what: string, error: unknown): ToolUnavailable {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown problem';
  const reason = code === 'ENOSPC' || code === 'EDQUOT' ? 'the disk is full' : code;
  return new ToolUnavailable(`an artifact could not be ${what} in the data folder: ${reason}`, {
    cause: error,
  });
}
