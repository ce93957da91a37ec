import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { searchAttributeTypes } from '../../src/contracts/search-attributes.ts';
import { dynamicConfig, retentionDays } from '../../temporal/settings.ts';

function read(name: string): Promise<string> {
  return readFile(new URL(`../../temporal/${name}`, import.meta.url), 'utf8');
}

describe('the settings of a real cluster', () => {
  it('are those of the dev server', async () => {
    const expected = Object.entries(dynamicConfig).map(([key, value]) => [key, [{ value }]]);
    assert.deepEqual(parse(await read('dynamic-config.yaml')), Object.fromEntries(expected));
  });

  it('are told in the README with every search attribute', async () => {
    const readme = await read('README.md');
    for (const [name, type] of Object.entries(searchAttributeTypes)) {
      assert.ok(readme.includes(`--name ${name} --type ${type}`), name);
    }
    assert.ok(readme.includes(`--retention ${retentionDays}d`));
  });
});
