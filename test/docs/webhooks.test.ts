import assert from 'node:assert/strict';
import { parse } from 'yaml';
import { DefinitionFrontMatter } from '../../src/contracts/definition.ts';
import { failures, isFailureType } from '../../src/contracts/failures.ts';
import { codes, page, rows, section } from './pages.ts';

describe('docs/webhooks.md', () => {
  const text = page('webhooks.md');

  it('explains every field of a hook', () => {
    const named = rows(section(text, '## Declaring a hook')).flatMap(([name]) => codes(name));
    const { hooks } = DefinitionFrontMatter.shape;
    assert.deepEqual(named, Object.keys(hooks.unwrap().valueType.shape));
  });

  it('has a hook that is accepted', () => {
    const yaml = /```yaml\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
    const { hooks } = parse(yaml) as { hooks: unknown };
    const definition = DefinitionFrontMatter.parse({ name: 'desk', model: 'm', hooks });
    assert.equal(definition.hooks['orders']?.secret, '$ORDERS_WEBHOOK_SECRET');
  });

  it('says of every refusal what the failure table says', () => {
    const refusals = rows(section(text, '## Sending one')).flatMap(([status, when]) =>
      codes(when)
        .filter(isFailureType)
        .map((type) => ({ status: Number(status), type })),
    );
    assert.ok(refusals.length >= 8);
    for (const { status, type } of refusals) assert.equal(failures[type].httpStatus, status, type);
  });
});
