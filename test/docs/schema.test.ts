import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { generateSchemas } from '../../docs/schema/generate.ts';
import { STATE_VERSION } from '../../src/contracts/state.ts';
import { initialState } from '../../src/core/initial-state.ts';
import { statusDocument } from '../../src/core/status-document.ts';
import { projectRoot } from './pages.ts';

type JsonSchema = Parameters<typeof z.fromJSONSchema>[0];

describe('docs/schema', () => {
  let generated: Record<string, string>;
  before(async () => {
    generated = await generateSchemas();
  });

  const published = (name: string): string => readFileSync(join(projectRoot, 'docs', 'schema', name), 'utf8');

  for (const name of ['status-v1.json', 'state-v4.json']) {
    it(`${name} is up to date: node docs/schema/generate.ts`, () => {
      assert.equal(published(name), generated[name]);
    });
  }

  it('has the version of the state in its name', () => {
    assert.ok(Object.keys(generated).includes(`state-v${STATE_VERSION}.json`));
  });

  it('fits the documents, additions included, and nothing else', () => {
    const start = { agent: 'clerk', input: 'Go.', labels: {} };
    const state = initialState('a1', 'run', start, Date.parse('2026-03-02T08:00:00Z'));
    const cases = { 'state-v4.json': state, 'status-v1.json': statusDocument(state) };
    for (const [name, document] of Object.entries(cases)) {
      const schema = z.fromJSONSchema(JSON.parse(published(name)) as JsonSchema);
      const plain = JSON.parse(JSON.stringify(document)) as object;
      assert.ok(schema.safeParse(plain).success, name);
      assert.ok(schema.safeParse({ ...plain, added: true }).success, name);
      for (const broken of [{}, { ...plain, version: 9 }, { ...plain, status: 'dreaming' }])
        assert.ok(!schema.safeParse(broken).success, name);
    }
  });
});
