import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild } from '../../temporal/child-process.ts';

describe('a process of the stack', () => {
  it("is not started, with one line that says why, when its log can't be written", async () => {
    const folder = await mkdtemp(join(tmpdir(), 'perdure-child-'));
    await writeFile(join(folder, 'data'), '');
    const logFile = join(folder, 'data', 'logs', 'worker.log');
    const command = { name: 'worker', command: process.execPath, args: ['--version'], env: {} };
    try {
      await assert.rejects(startChild({ ...command, logFile, isEntryPoint: false }), {
        name: 'SetupError',
        message: /worker\.log can't be written \(.*: let this user write there, or set PERDURE_DATA_DIR/,
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
