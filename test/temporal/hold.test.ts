import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hold } from '../../temporal/hold.ts';
import { SetupError } from '../../temporal/setup-error.ts';

describe('a file that one process holds', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'perdure-hold-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it("is nobody else's until it is let go of", () => {
    const file = join(folder, 'one.lock');
    const held = hold(file);
    assert.ok(held);
    assert.equal(hold(file), undefined);
    held.letGo();
    hold(file)?.letGo();
    assert.ok(hold(file));
  });

  it('is free again when its process was killed', async () => {
    const file = join(folder, 'two.lock');
    const module = new URL('../../temporal/hold.ts', import.meta.url).href;
    const script = `import { hold } from ${JSON.stringify(module)};
      const held = hold(${JSON.stringify(file)}); console.log(held !== undefined); setInterval(() => held.letGo, 1e6);`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script]);
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    assert.equal(said.toString(), 'true\n');
    assert.equal(hold(file), undefined);
    child.kill('SIGKILL');
    await once(child, 'close');
    assert.ok(hold(file));
    assert.deepEqual((await readdir(folder)).toSorted(), ['one.lock', 'two.lock']);
  });

  it("says in one line when it can't be made", () => {
    assert.throws(
      () => hold(join(folder, 'not', 'there.lock')),
      (error) => {
        assert.ok(error instanceof SetupError);
        assert.match(error.message, /there\.lock can't be written \(unable to open.*PERDURE_DATA_DIR/);
        return true;
      },
    );
  });
});
