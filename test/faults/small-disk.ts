import { execFile } from 'node:child_process';
import { cp, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** More than the files of a round come to, so that it is full only when it is filled. */
const sizeMb = 256;
const megabyte = Buffer.alloc(1_000_000, 1);
/** What is left at last is less than any file needs to grow. */
const chunkSizes = [megabyte.length, 4_096, 1];

/** A file system of its own, in memory, that can be filled up and emptied again under whatever is using it. */
export class SmallDisk {
  readonly folder: string;

  /** Over a folder that is there. Undefined where this user may not mount anything. */
  static async mount(folder: string): Promise<SmallDisk | undefined> {
    try {
      await run('mount', ['-t', 'tmpfs', '-o', `size=${sizeMb}m`, 'perdure-small-disk', folder]);
      return new SmallDisk(folder);
    } catch {
      return undefined;
    }
  }

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Leaves no room for a single byte more, and then as much as before. */
  async fullFor(ms: number): Promise<void> {
    await this.#fill();
    await pause(ms);
    await rm(this.#ballast);
  }

  /** Its files are gone with it, unless somebody is to read them. */
  async unmount({ keep }: { keep: boolean }): Promise<void> {
    const kept = `${this.folder}.kept`;
    if (keep) await cp(this.folder, kept, { recursive: true });
    // A process that was killed may not have given up its files yet.
    await run('umount', ['--lazy', this.folder]);
    if (!keep) return;
    await rm(this.folder, { recursive: true });
    await rename(kept, this.folder);
  }

  async #fill(): Promise<void> {
    const ballast = await open(this.#ballast, 'a');
    try {
      for (const size of chunkSizes) {
        while (await hasTaken(ballast.write(megabyte, 0, size))) continue;
      }
    } finally {
      await ballast.close();
    }
  }

  get #ballast(): string {
    return join(this.folder, 'ballast');
  }
}

async function hasTaken(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return false;
    throw error;
  }
}
