import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { removeLeftovers } from '../../src/worker/leftovers.ts';

const uuid = '0198c2d4-7f6b-4a3e-9d5c-0123456789ab';
const hour = 3_600_000;

describe('what interrupted writes have left', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'perdure-leftovers-'))));
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function file(name: string, hoursOld: number): string {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, 'half');
    const at = new Date(Date.now() - hoursOld * hour);
    utimesSync(path, at, at);
    return path;
  }

  it('is removed after a day, and nothing else is', async () => {
    const left = [
      file(`data/artifacts/owner/.${uuid}.tmp`, 25),
      file('data/audit/.desk.0123456789ab.head.json.4711-12', 25),
      file(`work/.perdure-${uuid}.tmp`, 25),
      file(`work/deep/down/.perdure-${uuid}.tmp`, 25),
    ];
    const others = [
      file(`data/artifacts/owner/.${uuid.replace('0198', '0199')}.tmp`, 23),
      file(`data/artifacts/owner/${'a'.repeat(64)}`, 99),
      file('data/audit/desk.0123456789ab.head.json', 99),
      file('data/audit/desk.0123456789ab.jsonl', 99),
      file(`work/.${uuid}.tmp`, 99),
      file('work/.perdure-mine.tmp', 99),
      file(`work/perdure-${uuid}.tmp`, 99),
      file(`elsewhere/.perdure-${uuid}.tmp`, 99),
    ];
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'work', 'link'));
    const said: string[] = [];
    const places = { PERDURE_DATA_DIR: join(folder, 'data'), PERDURE_WORKSPACE: join(folder, 'work') };
    await removeLeftovers(places, (line) => said.push(line));
    assert.deepEqual(left.filter(existsSync), []);
    assert.deepEqual(others.filter(existsSync), others);
    assert.equal(said.length, 3);
    await removeLeftovers(places, (line) => said.push(line));
    assert.equal(said.length, 3);
  });

  it('is none where there are no folders', async () => {
    const nowhere = join(folder, 'nowhere');
    await removeLeftovers({ PERDURE_DATA_DIR: nowhere, PERDURE_WORKSPACE: nowhere }, (line) =>
      assert.fail(line),
    );
  });
});
