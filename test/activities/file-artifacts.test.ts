import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openArtifacts } from '../../src/activities/file-artifacts.ts';
import { hashText } from '../../src/core/hash.ts';
import { ToolUnavailable } from '../../src/tools/define-tool.ts';

describe('artifacts as files', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'perdure-artifacts-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('are found by the hash of their text, once, and nothing half-written is left', async () => {
    const artifacts = openArtifacts(folder);
    const text = `long ${'漢字 '.repeat(50_000)}`;
    const hash = await artifacts.put('run-1', text);
    assert.equal(hash, hashText(text));
    assert.equal(await artifacts.put('run-1', text), hash);
    assert.deepEqual(readdirSync(join(folder, 'run-1')), [hash]);
    assert.equal(readFileSync(join(folder, 'run-1', hash), 'utf8'), text);
    assert.equal(await openArtifacts(folder).get('run-1', hash), text);
  });

  it('belong to one owner: nobody else finds them, whatever hash or path is asked for', async () => {
    const artifacts = openArtifacts(folder);
    const hash = await artifacts.put('run-1', 'a secret');
    writeFileSync(join(folder, 'outside'), 'x');
    assert.equal(await artifacts.get('run-2', hash), undefined);
    assert.equal(await artifacts.get('', hash), undefined);
    for (const asked of ['../outside', `../run-1/${hash}`, 'outside', hash.toUpperCase(), `${hash}/`, ''])
      assert.equal(await artifacts.get('run-1', asked), undefined, asked);
  });

  it('of owners with strange names stay in the folder', async () => {
    const artifacts = openArtifacts(join(folder, 'inside'));
    for (const owner of ['..', '../..', 'a/b', '.', 'x'.repeat(300)]) {
      const hash = await artifacts.put(owner, owner);
      assert.equal(await artifacts.get(owner, hash), owner);
    }
    assert.deepEqual(readdirSync(folder), ['inside']);
    assert.ok(readdirSync(join(folder, 'inside')).every((name) => /^[0-9a-f]{64}$/.test(name)));
  });

  it('that are damaged are not given out, and are written anew by the call that makes them again', async () => {
    const artifacts = openArtifacts(folder);
    const hash = await artifacts.put('run-1', 'the text');
    writeFileSync(join(folder, 'run-1', hash), 'the tex');
    await assert.rejects(artifacts.get('run-1', hash), (error) => {
      assert.ok(error instanceof ToolUnavailable);
      assert.match(error.message, /damaged/);
      return true;
    });
    await artifacts.put('run-1', 'the text');
    assert.equal(await artifacts.get('run-1', hash), 'the text');
  });

  it('say that they are unavailable when the disk does not do its part, without paths of the machine', async () => {
    writeFileSync(join(folder, 'run-1'), 'a file where a folder must be');
    const artifacts = openArtifacts(folder);
    await assert.rejects(artifacts.put('run-1', 'x'), (error) => {
      assert.ok(error instanceof ToolUnavailable);
      assert.match(error.message, /could not be kept.*ENOTDIR|EEXIST/);
      assert.ok(!error.message.includes(folder));
      return true;
    });
    const hash = hashText('y');
    mkdirSync(join(folder, 'run-2', hash), { recursive: true });
    await assert.rejects(artifacts.get('run-2', hash), /could not be read.*EISDIR/);
  });
});
