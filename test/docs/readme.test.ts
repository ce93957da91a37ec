import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ruleReply } from '../../src/simulator/rule-model.ts';
import { projectRoot, section } from './pages.ts';

const readme = readFileSync(join(projectRoot, 'README.md'), 'utf8');

describe('README.md', () => {
  it('gives its own agent a goal for which the simulator asks in turn 1', () => {
    const text = section(readme, '## Your own agent in five minutes');
    const [, prefix] = /facts\.path\.startsWith\("([^"]+)"\)', mode: approve/.exec(text) ?? [];
    const [, goal] = /^perdure start researcher "([^"]+)"/m.exec(text) ?? [];
    assert.ok(prefix !== undefined && goal !== undefined);
    const tools = ['list_files', 'read_file', 'ask_human', 'write_file', 'finish'].map((name) => {
      assert.match(text, new RegExp(`^  ${name}:`, 'm'));
      return { type: 'function', function: { name } };
    });
    const { toolCalls } = ruleReply({ model: 'any', messages: [{ role: 'user', content: goal }], tools });
    assert.deepEqual(
      toolCalls?.map(({ name, arguments: args }) => [
        name,
        (args as { path: string }).path.startsWith(prefix),
      ]),
      [['write_file', true]],
    );
  });

  it('names the folder that `temporal` is fetched into', () => {
    const servers = readFileSync(join(projectRoot, 'temporal', 'servers.ts'), 'utf8');
    const [, version = ''] = /name: 'temporal',\s+version: '([^']+)'/.exec(servers) ?? [];
    assert.ok(version !== '' && readme.includes(`$PWD/.tools/temporal-${version}:`));
  });
});
