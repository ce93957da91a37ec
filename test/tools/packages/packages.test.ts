import { strict as assert } from 'node:assert';
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { assess, contextOf, put, removeTemporaryFolders, run, temporaryFolder } from '../support.ts';
import { putRepository, repository, type TestPackage } from './repository.ts';

const invalid = { name: 'ToolError', type: 'Invalid' };

describe('tools for packages', () => {
  afterEach(removeTemporaryFolders);

  describe('list_packages and record_packages', () => {
    interface List {
      fingerprint: string;
      first: boolean;
      total: number;
      packages: {
        name: string;
        change?: string;
        versions: string[];
        before?: string[];
        altered?: string[];
      }[];
    }
    const since = { changedSince: 'reports/record.json' };
    const licensed = (version: string, more: Record<string, unknown> = {}): TestPackage => ({
      version,
      license: 'MIT',
      more: { integrity: `sha512-${version}`, ...more },
    });

    it('tell what was added, removed and changed, and nothing if nothing was', async () => {
      const { folder, context } = repository({
        ...{ kept: licensed('1.0.0'), gone: licensed('1.0.0'), newer: licensed('1.0.0') },
        ...{ altered: licensed('1.0.0'), script: licensed('1.0.0') },
      });
      const first = (await run('list_packages', since, context)) as List;
      assert.deepEqual([first.first, first.total, first.packages.length], [true, 5, 5]);
      await run('record_packages', { to: 'reports/record.json', fingerprint: first.fingerprint }, context);
      const same = (await run('list_packages', since, context)) as List;
      assert.deepEqual([same.first, same.packages, same.fingerprint], [false, [], first.fingerprint]);
      putRepository(folder, {
        ...{ kept: licensed('1.0.0'), newer: licensed('2.0.0'), fresh: licensed('0.1.0') },
        altered: licensed('1.0.0', { integrity: 'sha512-other' }),
        script: licensed('1.0.0', { hasInstallScript: true }),
      });
      const changed = (await run('list_packages', since, context)) as List;
      assert.deepEqual(
        changed.packages.map(({ name, change, before, versions, altered }) => [
          name,
          change,
          before,
          versions,
          altered,
        ]),
        [
          ['altered', 'changed', ['1.0.0'], ['1.0.0'], ['integrity']],
          ['fresh', 'added', [], ['0.1.0'], undefined],
          ['gone', 'removed', ['1.0.0'], [], undefined],
          ['newer', 'changed', ['1.0.0'], ['2.0.0'], undefined],
          ['script', 'changed', ['1.0.0'], ['1.0.0'], ['installScript']],
        ],
      );
    });

    it('record only what was looked at, and only inside', async () => {
      const { folder, context } = repository({ a: licensed('1.0.0') });
      const { fingerprint } = (await run('list_packages', {}, context)) as List;
      putRepository(folder, { a: licensed('1.0.1') });
      const to = 'reports/record.json';
      await assert.rejects(run('record_packages', { to, fingerprint }, context), { type: 'Conflict' });
      assert.deepEqual(await assess('record_packages', { to: '../x', fingerprint }, context), {
        path: '',
        outside: true,
        problem: '../x leads out of the workspace',
      });
      const facts = await assess('record_packages', { to: './reports/../x', fingerprint }, context);
      assert.equal(facts['path'], 'x');
    });

    it('say so when the record is something else', async () => {
      const { folder, context } = repository({ a: licensed('1.0.0') });
      put(folder, 'reports/record.json', '{"fingerprint":"x","packages":[{"name":1}]}');
      await assert.rejects(run('list_packages', since, context), invalid);
    });

    it('work in a folder of the workspace', async () => {
      const folder = temporaryFolder();
      putRepository(folder, { inner: licensed('1.0.0') }, { at: 'app/' });
      const list = (await run('list_packages', { folder: 'app' }, contextOf(folder))) as List;
      assert.deepEqual(
        list.packages.map(({ name }) => name),
        ['inner'],
      );
      await assert.rejects(run('list_packages', {}, contextOf(folder)), { type: 'NotFound' });
    });
  });

  describe('read_package', () => {
    it('tells what a person would look up', async () => {
      const { folder, context } = repository({
        thing: {
          version: '1.0.0',
          license: 'MIT',
          installed: {
            description: 'Does\n\nthings',
            author: { name: 'A. Person' },
            scripts: { install: 'make' },
            repository: { url: 'git://x' },
          },
        },
        user: { version: '1.0.0', license: 'MIT', more: { dependencies: { thing: '^1' } } },
      });
      put(folder, 'node_modules/thing/LICENSE', 'Do what\nyou want.');
      put(folder, 'node_modules/thing/node_modules/inner/huge.js', 'x'.repeat(10_000));
      const bytes = readFileSync(join(folder, 'node_modules/thing/package.json')).length + 17;
      assert.deepEqual(await run('read_package', { name: 'thing' }, context), {
        ...{ name: 'thing', version: '1.0.0', versions: ['1.0.0'], licence: 'MIT' },
        ...{ direct: true, dev: false, optional: false, installScript: false, integrity: '', source: '' },
        ...{ places: ['node_modules/thing'], requiredBy: ['user'] },
        installed: {
          ...{
            version: '1.0.0',
            licence: 'MIT',
            description: 'Does things',
            installScripts: ['install: make'],
          },
          ...{ people: ['A. Person'], repository: 'git://x', homepage: '', files: 2, bytes, complete: true },
          licenceFile: 'Do what you want.',
        },
      });
      await assert.rejects(run('read_package', { name: 'none' }, context), { type: 'NotFound' });
      await assert.rejects(run('read_package', { name: 'thing', version: '2' }, context), {
        type: 'NotFound',
      });
    });

    it('does not follow links round and round', async () => {
      const { folder, context } = repository({ thing: { version: '1.0.0', license: 'MIT' } });
      symlinkSync('.', join(folder, 'node_modules/thing/self'));
      symlinkSync('..', join(folder, 'node_modules/thing/up'));
      const { installed } = (await run('read_package', { name: 'thing' }, context)) as {
        installed: { files: number };
      };
      assert.equal(installed.files, 1);
    });
  });

  describe('propose_change', () => {
    const proposal = { package: 'thing', action: 'remove', reason: 'why', patch: '```\n-a' };

    it('establishes from the lock file what it is about', async () => {
      const { context } = repository({ thing: { version: '1.0.0', license: 'MIT', more: { dev: true } } });
      assert.deepEqual(await assess('propose_change', proposal, context), {
        ...{
          known: true,
          versions: ['1.0.0'],
          licences: ['MIT'],
          direct: true,
          dev: true,
          installScript: false,
        },
      });
      const none = await assess('propose_change', { ...proposal, package: 'constructor' }, context);
      assert.equal(none['known'], false);
    });

    it('files the same proposal once, and changes nothing else', async () => {
      const { folder, context } = repository({ thing: { version: '1.0.0' } });
      const lockFile = readFileSync(join(folder, 'package-lock.json'), 'utf8');
      const first = (await run('propose_change', proposal, context)) as { path: string };
      assert.deepEqual(await run('propose_change', proposal, context), first);
      assert.match(readFileSync(join(folder, first.path), 'utf8'), /^# remove: thing\n\nwhy\n\n````diff\n/);
      assert.equal(readFileSync(join(folder, 'package-lock.json'), 'utf8'), lockFile);
    });
  });
});
