import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** The version of every installed copy of a package, however deep it lies. */
function versions(name: string): string[] {
  const manifests = globSync(
    [`node_modules/${name}/package.json`, `node_modules/**/node_modules/${name}/package.json`],
    { cwd: root },
  );
  return manifests.map(
    (file) => (JSON.parse(readFileSync(join(root, file), 'utf8')) as { version: string }).version,
  );
}

describe('installed packages', function () {
  // npm is slow to start on a busy machine.
  this.timeout(120_000);
  it('has one version of the Temporal SDK', () => {
    const parts = ['activity', 'client', 'common', 'envconfig', 'proto', 'testing', 'worker', 'workflow'];
    const found = new Set(parts.flatMap((part) => versions(`@temporalio/${part}`)));
    assert.deepEqual([...found], [versions('@temporalio/worker')[0]]);
  });

  it('has one copy of protobufjs, since with two the replay of JSON histories fails', () => {
    assert.equal(versions('protobufjs').length, 1);
  });
});
