import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Numbers } from '../../src/worker/telemetry/numbers.ts';
import { codes, page, projectRoot, rows, section } from './pages.ts';

describe('docs/telemetry.md', () => {
  const text = page('telemetry.md');

  it('has every number of a worker, with its kind and labels, and no other', async () => {
    const numbers = new Numbers();
    numbers.agent({ type: 'agent-ended', definition: 'x', status: 'failed', failure: 'Invalid' });
    numbers.agent({ type: 'turn-ended', definition: 'x' });
    numbers.agent({ type: 'wait-begun', kind: 'x' });
    numbers.agent({ type: 'approval-closed', subject: 'x', outcome: 'x', afterMs: 1 });
    numbers.modelCall('x', 1, { inputTokens: 1, outputTokens: 1, usd: 1 });
    numbers.toolCall('x', 'pure', 1, undefined);
    const shown = await numbers.text();
    const there = [...shown.matchAll(/^# TYPE (perdure_\w+) (\w+)$/gm)].map(([, name = '', kind]) => {
      const labels = new RegExp(`^${name}(?:_count)?\\{(.*?)\\}`, 'm').exec(shown)?.[1] ?? '';
      return [name, kind, [...labels.matchAll(/(\w+)=/g)].map(([, label]) => label).toSorted()];
    });
    const said = rows(section(text, '## Numbers of a worker')).map(([name, kind, labels]) => [
      codes(name)[0],
      kind,
      codes(labels).toSorted(),
    ]);
    assert.deepEqual(said.toSorted(), there.toSorted());
  });

  it('has every variable of OpenTelemetry that the code reads', () => {
    const used = globSync('src/**/*.ts', { cwd: projectRoot }).flatMap((file) => [
      ...readFileSync(join(projectRoot, file), 'utf8').matchAll(/\bOTEL_[A-Z_]*[A-Z]\b/g),
    ]);
    for (const [name] of used) assert.ok(text.includes(`\`${name}`), name);
  });

  it('has every attribute of our own that spans have', () => {
    const used = globSync('src/{worker,workflows}/**/*.ts', { cwd: projectRoot }).flatMap((file) => [
      ...readFileSync(join(projectRoot, file), 'utf8').matchAll(/'(perdure(?:\.\w+)+)'/g),
    ]);
    const said = rows(section(text, '### What a trace looks like')).flatMap(([names]) => {
      const [first = '', ...others] = codes(names);
      return [first, ...others.map((name) => name.replace('…', first.replace(/\.\w+$/, '')))];
    });
    assert.deepEqual(said.toSorted(), [...new Set(used.map(([, name]) => name))].toSorted());
  });
});
