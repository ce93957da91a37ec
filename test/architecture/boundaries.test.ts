import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** Each would break a boundary; the rule that must notice it is named beside. */
const trespasses: [rule: string, file: string, code: string][] = [
  ['core-imports', 'src/core/x.ts', "import '../workflows/work.ts';"],
  ['core-imports', 'src/core/x.ts', "import 'node:fs';"],
  ['core-without-temporal', 'src/core/x.ts', "import '../contracts/message-definitions.ts';"],
  ['workflows-imports', 'src/workflows/x.ts', "import '../tools/registry.ts';"],
  ['workflows-imports', 'src/workflows/x.ts', "import '../activities/lease.ts';"],
  ['definition-files-outside', 'src/workflows/x.ts', "import '../core/definition-file.ts';"],
  ['storage-imports', 'src/storage/x.ts', "import '../tools/registry.ts';"],
  ['tools-imports', 'src/tools/x.ts', "import '../core/advance.ts';"],
  ['tools-imports', 'src/tools/x.ts', "import '@temporalio/activity';"],
  ['activities-imports', 'src/activities/x.ts', "import '../worker/environment.ts';"],
  ['openai-in-its-adapter', 'src/activities/x.ts', "import 'openai';"],
  ['mcp-in-its-adapter', 'src/activities/x.ts', "import '@modelcontextprotocol/sdk/types.js';"],
  ['client-imports', 'src/client/x.ts', "import '../worker/environment.ts';"],
  ['client/web-imports', 'src/client/web/x.ts', "import '../gateway.ts';"],
  ['pages-alone', 'src/client/x.ts', "import './web/route.ts';"],
  ['worker-without-client', 'src/worker/x.ts', "import '../client/gateway.ts';"],
  ['simulator-alone', 'src/simulator/x.ts', "import '../contracts/json.ts';"],
  ['contracts-imports', 'src/contracts/x.ts', "import '../core/advance.ts';"],
  ['contracts-temporal', 'src/contracts/x.ts', "import '@temporalio/workflow';"],
];

const trespassing = (file: string, index: number): string => file.replace('x.ts', `trespass-${index}.ts`);

describe('boundaries', function () {
  // Whole programs are run, and the other core may be busy.
  this.timeout(240_000);
  let copy: string;
  before(() => {
    copy = mkdtempSync(join(tmpdir(), 'perdure-boundaries-'));
    for (const name of ['src', '.dependency-cruiser.js', 'package.json', 'tsconfig.json']) {
      cpSync(join(root, name), join(copy, name), { recursive: true });
    }
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    trespasses.forEach(([, file, code], index) => {
      const path = join(copy, trespassing(file, index));
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, `${code}\n`);
    });
  });
  after(() => {
    rmSync(copy, { recursive: true });
  });

  it('notices every trespass, and nothing else', () => {
    // These files and all that they reach; that the rest keeps the boundaries is what the lint itself looks at.
    const files = trespasses.map(([, file], index) => trespassing(file, index));
    const { stdout } = spawnSync(
      join(root, 'node_modules/.bin/depcruise'),
      [...files, '--preserve-symlinks', '--output-type', 'json'],
      {
        cwd: copy,
        encoding: 'utf8',
        maxBuffer: 100_000_000,
      },
    );
    const { summary } = JSON.parse(stdout) as {
      summary: { violations: { from: string; rule: { name: string } }[] };
    };
    const noticed = summary.violations.map(({ from, rule }) => `${rule.name} ${from}`);
    trespasses.forEach(([rule, file], index) => {
      const expected = `${rule} ${trespassing(file, index)}`;
      assert.ok(noticed.includes(expected), `${expected} was not noticed`);
    });
    assert.deepEqual(
      noticed.filter((line) => !line.includes('trespass-')),
      [],
    );
  });
});
