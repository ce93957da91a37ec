import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Metrics } from '../../src/client/admin/metrics.ts';
import { searchAttributeTypes } from '../../src/contracts/search-attributes.ts';
import { toolTaskQueue } from '../../src/contracts/task-queues.ts';
import { readEnvironment } from '../../src/worker/environment.ts';
import { codes, page, projectRoot, rows, section } from './pages.ts';

/** How a process tells the one that it starts on the pinned Node; nobody sets it by hand. */
const internal = 'PERDURE_LAUNCHED';

describe('docs/operations.md', () => {
  const text = page('operations.md');
  const variables = rows(section(text, '## Environment')).map(([name, , meaning]) => ({
    name: codes(name)[0] ?? '',
    meaning: meaning ?? '',
  }));

  it('has every variable that the code reads, and no other', () => {
    const used = globSync('{src,temporal}/**/*.ts', { cwd: projectRoot }).flatMap((file) => [
      ...readFileSync(join(projectRoot, file), 'utf8').matchAll(
        /\b(?:PERDURE|OPENAI|LOG|DEMO)_[A-Z_]*[A-Z]\b/g,
      ),
    ]);
    const known = variables
      .map(({ name }) => name)
      .filter((name) => /^(PERDURE|OPENAI|LOG|DEMO)_/.test(name));
    assert.deepEqual(
      known.toSorted(),
      [...new Set(used.map(([name]) => name))].filter((name) => name !== internal).toSorted(),
    );
  });

  it("has the worker's defaults", () => {
    const defaults = readEnvironment({});
    for (const name of [
      'PERDURE_MODEL_SLOTS',
      'PERDURE_TOOL_SLOTS',
      'PERDURE_SHUTDOWN_GRACE_SECONDS',
    ] as const) {
      const meaning = variables.find((variable) => variable.name === name)?.meaning ?? '';
      assert.ok(meaning.startsWith(`${defaults[name]},`), name);
    }
    const queue = variables.find(({ name }) => name === 'PERDURE_TASK_QUEUE');
    assert.equal(codes(queue?.meaning)[0], defaults.PERDURE_TASK_QUEUE);
  });

  it('names the second task queue', () => {
    const suffix = toolTaskQueue('');
    assert.ok(
      suffix !== '' && text.includes(`\`<queue>${suffix}\``),
      `operations.md must name <queue>${suffix}`,
    );
  });

  it('has every number of /metrics, and no other', async () => {
    const counts = { byStatus: new Map([['x', 1]]), waitingFor: new Map([['x', 1]]), pendingApprovals: 1 };
    const metrics = new Metrics(() => Promise.resolve(counts));
    const there = [...(await metrics.text()).matchAll(/^# TYPE (perdure_\w+) (\w+)$/gm)];
    const said = rows(section(text, '## Metrics')).map(([name, kind]) => [codes(name)[0], kind]);
    assert.deepEqual(said.toSorted(), there.map(([, name, kind]) => [name, kind]).toSorted());
  });

  it('creates every search attribute', () => {
    for (const [name, type] of Object.entries(searchAttributeTypes))
      assert.ok(
        text.includes(`\ntemporal operator search-attribute create --name ${name} --type ${type}\n`),
        name,
      );
  });
});
