import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadDefinition } from '../../src/activities/load-definition.ts';
import { tools } from '../../src/tools/registry.ts';
import { mcpServers } from '../support/mcp/servers.ts';

const mcp = mcpServers();

describe('loading a definition', () => {
  let agentsDir: string;
  before(async () => {
    agentsDir = await mkdtemp(join(tmpdir(), 'perdure-agents-'));
    await writeFile(
      join(agentsDir, 'clerk.md'),
      '---\nname: clerk\nmodel: [m1, m2]\ntools: { read_file: auto, finish: auto }\n---\nWork.\n',
    );
    await writeFile(
      join(agentsDir, 'typo.md'),
      '---\nname: typo\nmodel: m\ntools: { raed_file: auto }\n---\nWork.\n',
    );
    await writeFile(join(agentsDir, 'broken.md'), '---\nname: broken\nmodle: m\n---\nWork.\n');
  });
  after(() => rm(agentsDir, { recursive: true }));

  it('gives the definition and the manifests of the tools that core does not know', async () => {
    const { definition, manifests } = await loadDefinition('clerk', { agentsDir, tools, mcp });
    assert.deepEqual(definition.models, ['m1', 'm2']);
    assert.deepEqual(
      manifests.map(({ name }) => name),
      ['read_file'],
    );
  });

  it('lets the worker put another model in place', async () => {
    const { definition } = await loadDefinition('clerk', { agentsDir, tools, mcp, model: 'mine' });
    assert.deepEqual(definition.models, ['mine']);
  });

  it('names file, line and field of a mistake', async () => {
    await assert.rejects(loadDefinition('broken', { agentsDir, tools, mcp }), {
      type: 'DefinitionInvalid',
      nonRetryable: true,
    });
    await assert.rejects(loadDefinition('broken', { agentsDir, tools, mcp }), /broken\.md:\d+ .*model/);
    await assert.rejects(loadDefinition('typo', { agentsDir, tools, mcp }), /typo\.md tools\.raed_file/);
  });

  it('is not held up by what is no file, nor are the others in the folder', async () => {
    execFileSync('mkfifo', [join(agentsDir, 'pipe.md')]);
    await mkdir(join(agentsDir, 'folder.md'));
    await symlink('/nowhere', join(agentsDir, 'gone.md'));
    for (const name of ['pipe', 'folder'])
      await assert.rejects(loadDefinition(name, { agentsDir, tools, mcp }), /can't be read: EISDIR/);
    await assert.rejects(loadDefinition('gone', { agentsDir, tools, mcp }), { type: 'NotFound' });
    assert.equal((await loadDefinition('clerk', { agentsDir, tools, mcp })).definition.name, 'clerk');
  });

  for (const name of ['absent', '../secret', '..', 'a/b', 'A', '', 'x'.repeat(65)]) {
    it(`fails NotFound for ${JSON.stringify(name)}`, () =>
      assert.rejects(loadDefinition(name, { agentsDir, tools, mcp }), {
        type: 'NotFound',
        nonRetryable: true,
      }));
  }
});
