import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SmallDisk } from './small-disk.ts';

describe('a disk of the suite', () => {
  let folder: string;
  let disk: SmallDisk | undefined;
  beforeEach(async function () {
    folder = mkdtempSync(join(tmpdir(), 'perdure-disk-'));
    disk = await SmallDisk.mount(folder);
    // This user may not mount anything; the suite says so, too.
    if (disk === undefined) this.skip();
  });
  afterEach(async () => {
    await disk?.unmount({ keep: false });
    rmSync(folder, { recursive: true });
  });

  it('has no room while it is full, and then as much as before', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, 'before');
    const full = disk?.fullFor(1_000);
    await assert.rejects(async () => {
      // It takes a moment until it is full.
      for (;;) {
        appendFileSync(file, Buffer.alloc(4_096, '.'));
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }, /ENOSPC/);
    await full;
    appendFileSync(file, Buffer.alloc(100_000, '.'));
    assert.match(readFileSync(file, 'utf8'), /^before\.{100000,}$/);
  });

  it('leaves its files where they were for whoever is to read them', async () => {
    writeFileSync(join(folder, 'file'), 'kept');
    await disk?.unmount({ keep: true });
    disk = undefined;
    assert.equal(readFileSync(join(folder, 'file'), 'utf8'), 'kept');
  });
});
