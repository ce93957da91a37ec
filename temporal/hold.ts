import { DatabaseSync } from 'node:sqlite';
import { writing } from './writing.ts';

export interface Hold {
  readonly letGo: () => void;
}

/** SQLite's primary result codes for a lock that somebody else has. */
const locked = new Set([5, 6]);

/**
 * Has a file to itself until it is let go of or this process ends, however it ends: the kernel gives the lock back. Undefined
 * while another process has it, also one in another container of this machine; so there is nothing stale to recognise.
 */
export function hold(file: string): Hold | undefined {
  const database = writing(file, () => new DatabaseSync(file, { timeout: 0 }));
  try {
    // Nothing is ever written, so no file for undoing it has to lie beside this one.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    return {
      letGo: () => {
        database.close();
      },
    };
  } catch (error) {
    database.close();
    if (isLocked(error)) return undefined;
    return writing(file, () => {
      throw error;
    });
  }
}

function isLocked(error: unknown): boolean {
  return (
    error instanceof Error &&
    'errcode' in error &&
    typeof error.errcode === 'number' &&
    locked.has(error.errcode & 0xff)
  );
}
