import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setClock, withClock } from './moved-clock.ts';

const hourMs = 3_600_000;
/** Says every moment what it takes for the time, in each of the ways in which it can be asked for. */
const clock = `setInterval(() => console.log(Date.now(), new Date().getTime(), +new Date(0), new Date() instanceof Date), 20)`;

describe('the clock of a process of the suite', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'perdure-clock-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('is right until it is set, and then off by as much', async () => {
    const file = join(folder, 'clock');
    const { args, env } = withClock(file);
    const child = spawn(process.execPath, [...args, '--eval', clock], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { PATH: process.env['PATH'], ...env },
    });
    const wanted = [0, 2, -3];
    setClock(file, 0);
    try {
      for await (const line of createInterface({ input: child.stdout })) {
        const [now, today, epoch, isDate] = line.split(' ');
        assert.equal(epoch, '0');
        assert.equal(isDate, 'true');
        const off = [now, today].map((time) => Math.round((Number(time) - Date.now()) / hourMs));
        if (off.some((hours) => hours !== wanted[0])) continue;
        wanted.shift();
        if (wanted[0] === undefined) break;
        setClock(file, wanted[0] * hourMs);
      }
    } finally {
      child.kill('SIGKILL');
    }
    assert.deepEqual(wanted, []);
  });
});
