import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FindingCode } from '../../src/tools/packages/finding.ts';
import { readPolicy } from '../../src/tools/packages/policy.ts';
import { openWorkspace } from '../../src/tools/workspace.ts';
import { codes, page, rows, section } from './pages.ts';

describe('docs/dependency-warden.md', () => {
  const text = page('dependency-warden.md');

  it('explains every finding', () => {
    const named = rows(section(text, '## The policy file')).flatMap(([name]) => codes(name));
    assert.deepEqual(named, FindingCode.options);
  });

  it('has an example that is a policy, and so has the repository', () => {
    const example = /```yaml\n([\s\S]*?)\n```/.exec(text)?.[1] ?? '';
    const folder = mkdtempSync(join(tmpdir(), 'perdure-policy-'));
    try {
      writeFileSync(join(folder, 'policy.yaml'), example);
      assert.deepEqual(readPolicy(openWorkspace(folder), 'policy.yaml').sources, [
        'https://registry.npmjs.org/',
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
    readPolicy(openWorkspace(join(import.meta.dirname, '../..')), 'dependency-policy.yaml');
  });
});
