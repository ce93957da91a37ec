import { strict as assert } from 'node:assert';
import { removeTemporaryFolders } from '../support.ts';
import { basics, check, type TestPackage } from './repository.ts';

describe('tools for packages', () => {
  afterEach(removeTemporaryFolders);

  describe('check_packages', () => {
    const good = { version: '1.0.0', license: 'MIT' };
    const cases: [what: string, each: TestPackage, expected: string[], policy?: string][] = [
      ['nothing against one that is in order', good, []],
      [
        'nothing against one for another platform',
        { ...good, installed: null, more: { optional: true } },
        [],
      ],
      [
        'a licence that is not allowed',
        { version: '1.0.0', license: 'GPL-3.0' },
        ['licence_not_allowed GPL-3.0'],
      ],
      ['no licence', { version: '1.0.0' }, ['licence_missing ']],
      [
        'another licence as installed',
        { ...good, installed: { license: 'GPL-3.0' } },
        ['licence_differs MIT -> GPL-3.0', 'licence_not_allowed GPL-3.0'],
      ],
      [
        'another version as installed',
        { ...good, installed: { version: '6.6.6' } },
        ['version_differs 6.6.6'],
      ],
      [
        'a script that runs at installation',
        { ...good, installed: { scripts: { postinstall: 'node x.js', test: 'y' } } },
        ['install_script postinstall: node x.js'],
      ],
      [
        'a script that only the lock file tells of',
        { ...good, installed: null, more: { hasInstallScript: true } },
        ['install_script as the lock file says'],
      ],
      [
        'nothing against a script that is allowed',
        { ...good, more: { hasInstallScript: true } },
        [],
        `${basics}installScripts: { allowed: [thing] }\n`,
      ],
      [
        'one that is forbidden, by the name it has in truth',
        { ...good, more: { name: 'evil' }, installed: { name: 'evil' } },
        ['package_forbidden steals'],
        `${basics}forbidden: [{ package: evil, reason: steals }]\n`,
      ],
      [
        'a source that is not allowed',
        { ...good, more: { resolved: 'https://b.example/x.tgz', integrity: 'sha512-x' } },
        ['source_not_allowed https://b.example/x.tgz'],
        `${basics}sources: ['https://a.example/']\n`,
      ],
      [
        'a download without a hash',
        { ...good, more: { resolved: 'https://a.example/x.tgz' } },
        ['integrity_missing https://a.example/x.tgz'],
      ],
    ];
    for (const [what, each, expected, policy] of cases) {
      it(`finds ${what}`, async () => {
        const { findings, checked } = await check(
          { thing: each, other: { version: '2.0.0', license: 'ISC' } },
          policy,
        );
        assert.equal(checked, 2);
        assert.deepEqual(
          findings.map(({ code, detail }) => `${code} ${detail}`),
          expected,
        );
      });
    }

    it('leaves out what the policy accepts, for that version and finding only', async () => {
      const exceptions =
        'exceptions: [{ package: a, version: 1.0.0, finding: licence_missing, reason: known }]\n';
      const answer = await check(
        { a: { version: '1.0.0' }, 'node_modules/b/node_modules/a': { version: '2.0.0' } },
        basics + exceptions,
      );
      assert.equal(answer.excepted, 1);
      assert.deepEqual(
        answer.findings.map(({ package: name, version }) => [name, version]),
        [['a', '2.0.0']],
      );
    });
  });
});
