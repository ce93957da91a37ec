import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

/** What npm has installed, by where it lies. */
const Installed = z.object({ packages: z.record(z.string(), z.object({ version: z.string() })) });
const { packages } = Installed.parse(
  JSON.parse(readFileSync(join(import.meta.dirname, '../../node_modules/.package-lock.json'), 'utf8')),
);

/** The version of every installed copy of a package, however deep it lies. */
function versions(name: string): string[] {
  return Object.entries(packages).flatMap(([place, { version }]) =>
    place.endsWith(`node_modules/${name}`) ? version : [],
  );
}

describe('installed packages', () => {
  it('has one version of the Temporal SDK', () => {
    const parts = ['activity', 'client', 'common', 'envconfig', 'proto', 'testing', 'worker', 'workflow'];
    const found = new Set(parts.flatMap((part) => versions(`@temporalio/${part}`)));
    assert.deepEqual([...found], [versions('@temporalio/worker')[0]]);
  });

  it('has one copy of protobufjs, since with two the replay of JSON histories fails', () => {
    assert.equal(versions('protobufjs').length, 1);
  });
});
