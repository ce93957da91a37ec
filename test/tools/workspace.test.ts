import { strict as assert } from 'node:assert';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync, existsSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { maxReadBytes, maxWriteBytes, openWorkspace } from '../../src/tools/workspace.ts';
import { put, removeTemporaryFolders, temporaryFolder } from './support.ts';

const forbidden = { name: 'ToolError', type: 'Forbidden' };
const makePipe = 'mkfifo';
const invalid = { name: 'ToolError', type: 'Invalid' };

describe('workspace', () => {
  afterEach(removeTemporaryFolders);

  function open() {
    const outside = temporaryFolder();
    const root = join(outside, 'root');
    put(outside, 'secret.txt', 'secret');
    put(root, 'suppliers.csv', 'id\n');
    put(root, 'reports/old.md', 'old');
    return { outside, root, workspace: openWorkspace(root) };
  }

  it('refuses whatever leads out, also if it comes back', () => {
    const { workspace } = open();
    for (const path of [
      '..',
      '../secret.txt',
      '../root/suppliers.csv',
      'reports/../../secret.txt',
      'no/../../x',
    ]) {
      assert.throws(() => workspace.canonical(path), forbidden, path);
      assert.throws(() => workspace.readText(path), forbidden, path);
      assert.throws(() => workspace.write(path, 'x'), forbidden, path);
      assert.throws(() => workspace.list(path), forbidden, path);
    }
  });

  it('refuses absolute paths, of Windows too, and NUL', () => {
    const { root, workspace } = open();
    for (const path of ['/etc/passwd', join(root, 'suppliers.csv'), 'C:\\x', '\\\\host\\x', 'a\0b']) {
      assert.throws(() => workspace.readText(path), forbidden, path);
    }
  });

  it('refuses paths that are too long or too deep', () => {
    const { workspace } = open();
    assert.throws(() => workspace.canonical('x'.repeat(2_000)), invalid);
    assert.throws(() => workspace.canonical('x/'.repeat(100)), invalid);
    assert.throws(() => workspace.write('x'.repeat(500), 'x'), invalid);
  });

  it('names a place by one name', () => {
    const { root, workspace } = open();
    symlinkSync('../suppliers.csv', join(root, 'reports/link.csv'));
    symlinkSync('reports', join(root, 'r'));
    assert.equal(workspace.canonical('reports/../suppliers.csv'), 'suppliers.csv');
    assert.equal(workspace.canonical('missing/../suppliers.csv'), 'suppliers.csv');
    assert.equal(workspace.canonical('reports/link.csv'), 'suppliers.csv');
    assert.equal(workspace.canonical('r/new/file.md'), 'reports/new/file.md');
    assert.equal(workspace.canonical('.'), '.');
    assert.equal(workspace.canonical(''), '.');
  });

  it('refuses links that lead outside, to read, list and write', () => {
    const { outside, root, workspace } = open();
    symlinkSync(join(outside, 'secret.txt'), join(root, 'file'));
    symlinkSync(outside, join(root, 'folder'));
    symlinkSync(join(outside, 'new.txt'), join(root, 'dangling'));
    symlinkSync('loop', join(root, 'loop'));
    for (const path of ['file', 'folder/secret.txt', 'folder/new.txt', 'dangling', 'dangling/x', 'loop']) {
      assert.throws(() => workspace.readText(path), forbidden, path);
      assert.throws(() => workspace.write(path, 'overwritten'), forbidden, path);
    }
    assert.throws(() => workspace.list('folder'), forbidden);
    assert.equal(readFileSync(join(outside, 'secret.txt'), 'utf8'), 'secret');
    assert.deepEqual(readdirSync(outside).sort(), ['root', 'secret.txt']);
    assert.deepEqual(
      workspace.list('.').entries.map(({ name }) => name),
      ['reports', 'suppliers.csv'],
    );
  });

  it('resolves `..` behind a link from where the link leads', () => {
    const { root, workspace } = open();
    mkdirSync(join(root, 'a/b'), { recursive: true });
    symlinkSync('a/b', join(root, 'deep'));
    assert.equal(workspace.canonical('deep/../x'), 'a/x');
  });

  it('writes through a link inside to what the link means, and leaves the link', () => {
    const { root, workspace } = open();
    symlinkSync('reports/old.md', join(root, 'latest.md'));
    assert.deepEqual(workspace.write('latest.md', 'new'), { path: 'reports/old.md', bytes: 3 });
    assert.equal(readFileSync(join(root, 'latest.md'), 'utf8'), 'new');
    assert.equal(workspace.readText('latest.md').path, 'reports/old.md');
  });

  it('writes whole files, makes folders and leaves no temporary file', () => {
    const { root, workspace } = open();
    workspace.write('reports/2026/june.md', 'é');
    workspace.write('reports/2026/june.md', 'two');
    assert.deepEqual(readdirSync(join(root, 'reports/2026')), ['june.md']);
    assert.equal(workspace.readText('reports/2026/june.md').text, 'two');
    assert.throws(() => workspace.write('reports', 'x'), invalid);
    assert.throws(() => workspace.write('.', 'x'), invalid);
    assert.throws(() => workspace.write('suppliers.csv/x', 'x'), { type: 'NotFound' });
  });

  it('bounds sizes and reads only text files', () => {
    const { root, workspace } = open();
    writeFileSync(join(root, 'large'), Buffer.alloc(maxReadBytes + 1, 'a'));
    writeFileSync(join(root, 'binary'), Buffer.from([0xff, 0xfe, 0x00]));
    execFileSync(makePipe, [join(root, 'pipe')]);
    for (const path of ['large', 'binary', 'pipe', 'reports'])
      assert.throws(() => workspace.readText(path), invalid);
    assert.throws(() => workspace.readText('missing'), { type: 'NotFound' });
    assert.throws(() => workspace.write('x', 'a'.repeat(maxWriteBytes + 1)), invalid);
    assert.equal(existsSync(join(root, 'x')), false);
  });

  it('names no place outside in its errors', () => {
    const { root, workspace } = open();
    for (const path of ['missing', 'suppliers.csv/x', '../x']) {
      assert.throws(
        () => workspace.readText(path),
        (error: Error) => !error.message.includes(root),
      );
    }
  });

  it('does not open what is no folder', () => {
    const { root } = open();
    assert.throws(() => openWorkspace(join(root, 'suppliers.csv')), /is not a folder/u);
    assert.throws(() => openWorkspace(join(root, 'missing')), /is not a folder/u);
  });
});
