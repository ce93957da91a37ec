import { strict as assert } from 'node:assert';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { put, removeTemporaryFolders, run, temporaryFolder } from '../support.ts';
import { basics, check, type Findings, repository } from './repository.ts';

const invalid = { name: 'ToolError', type: 'Invalid' };

describe('lock files and policies that mean harm', () => {
  afterEach(removeTemporaryFolders);

  const good = { version: '1.0.0', license: 'MIT' };

  it('takes names for nothing but names', async () => {
    const names = ['__proto__', 'constructor', 'hasOwnProperty', 'toString'];
    const { findings } = await check(Object.fromEntries(names.map((name) => [name, { version: '1.0.0' }])));
    assert.deepEqual(
      findings.map((each) => each.package),
      names.toSorted(),
    );
    // As JSON has it, which makes a property of its own.
    const { folder, context } = repository({});
    const entry = { version: '1.0.0' };
    put(
      folder,
      'package-lock.json',
      `{"lockfileVersion":3,"packages":{"__proto__":{"polluted":1},"node_modules/__proto__":${JSON.stringify(entry)}}}`,
    );
    const answer = (await run('check_packages', { policy: 'policy.yaml' }, context)) as Findings;
    assert.deepEqual(
      answer.findings.map((each) => each.package),
      ['__proto__'],
    );
    assert.equal('polluted' in {}, false);
  });

  it('never looks outside the workspace, wherever the lock file points', async () => {
    const outside = temporaryFolder();
    put(outside, 'package.json', JSON.stringify({ version: '1.0.0', license: 'GPL-3.0', secret: 'x' }));
    const { folder, context } = repository({
      linked: { version: '1.0.0', license: 'MIT', installed: null },
      'node_modules/../../up': { version: '1.0.0', license: 'MIT', installed: null },
      'node_modules//abs': { version: '1.0.0', license: 'MIT', installed: null },
    });
    mkdirSync(join(folder, 'node_modules'), { recursive: true });
    symlinkSync(outside, join(folder, 'node_modules/linked'));
    const answer = (await run('check_packages', { policy: 'policy.yaml' }, context)) as Findings;
    assert.deepEqual([...new Set(answer.findings.map(({ code }) => code))], ['outside_workspace']);
    assert.equal(answer.findings.length, 3);
    assert.ok(!JSON.stringify(answer).includes('GPL'), 'it read what lies outside');
    const read = (await run('read_package', { name: 'linked' }, context)) as object;
    assert.ok('problem' in read && !('installed' in read));
    await assert.rejects(run('check_packages', { policy: '../policy.yaml' }, context), {
      type: 'Forbidden',
    });
    await assert.rejects(run('list_packages', { folder: '..' }, context), { type: 'Forbidden' });
  });

  it('pages through many findings, and loses none', async () => {
    const many = Array.from({ length: 450 }, (_each, index) => [`p${index}`, { version: '1.0.0' }] as const);
    const { context } = repository(Object.fromEntries(many));
    const seen = new Set<string>();
    for (let offset: number | undefined = 0; offset !== undefined;) {
      const page: Findings = (await run(
        'check_packages',
        { policy: 'policy.yaml', limit: 200, offset },
        context,
      )) as Findings;
      assert.ok(JSON.stringify(page.findings).length < 20_000);
      for (const each of page.findings) seen.add(each.package);
      offset = page.nextOffset;
    }
    assert.equal(seen.size, 450);
  });

  const lockFiles: [what: string, text: string][] = [
    ['no JSON', '{'],
    ['a list', '[]'],
    ['of version 1', '{"lockfileVersion":1,"dependencies":{}}'],
    ['without packages', '{"lockfileVersion":3}'],
    ['with packages as text', '{"lockfileVersion":3,"packages":"x"}'],
    ['with a package as a number', '{"lockfileVersion":3,"packages":{"node_modules/a":7}}'],
    ['with a version as a list', '{"lockfileVersion":3,"packages":{"node_modules/a":{"version":[]}}}'],
    ['nested very deeply', `{"lockfileVersion":3,"packages":${'['.repeat(100_000)}`],
    ['larger than is read', `{"lockfileVersion":3,"packages":{}}${' '.repeat(10 * 1024 * 1024)}`],
    [
      'with more packages than anybody has',
      `{"lockfileVersion":3,"packages":{${Array.from({ length: 10_001 }, (_each, index) => `"node_modules/${index}":{}`).join(',')}}}`,
    ],
  ];
  for (const [what, text] of lockFiles) {
    it(`refuses a lock file ${what}`, async () => {
      const { folder, context } = repository({});
      put(folder, 'package-lock.json', text);
      await assert.rejects(run('check_packages', { policy: 'policy.yaml' }, context), invalid);
      await assert.rejects(run('list_packages', {}, context), invalid);
    });
  }

  const policies: [what: string, text: string][] = [
    ['that is empty', ''],
    ['that is no YAML', '{ [ }'],
    ['with a misspelt field', `${basics}forbiden: []\n`],
    [
      'with an exception from what does not exist',
      `${basics}exceptions: [{ package: a, finding: x, reason: y }]\n`,
    ],
    ['with aliases', `a: &a [MIT]\nlicences: { allowed: *a }\n`],
    ['nested very deeply', '['.repeat(20_000)],
    ['with lists in lists', '- '.repeat(20_000)],
  ];
  for (const [what, text] of policies) {
    it(`refuses a policy ${what}`, async () => {
      await assert.rejects(check({ a: good }, text), invalid);
    });
  }

  it('ends when it is cancelled', async () => {
    const { context } = repository({ a: good });
    const cancelled = { ...context, signal: AbortSignal.abort() };
    await assert.rejects(run('check_packages', { policy: 'policy.yaml' }, cancelled), {
      name: 'AbortError',
    });
  });
});
