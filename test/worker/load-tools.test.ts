import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError } from '../../src/worker/environment.ts';
import { loadTools } from '../../src/worker/load-tools.ts';
import { argumentProblem } from '../../src/core/arguments.ts';
import { tools as shipped } from '../../src/tools/registry.ts';
import { contextOf, put, removeTemporaryFolders, temporaryFolder } from '../tools/support.ts';

/** A module as somebody would write it who has nothing but Node. */
function moduleOf(name: string, run = 'Promise.resolve({ heard: what })'): string {
  return `export default ({ defineTool, z, ToolError }) => defineTool({
    name: '${name}', description: 'repeats', effect: 'pure', timeoutMs: 500,
    input: z.strictObject({ what: z.string() }), output: z.object({ heard: z.string() }),
    run: ({ what }) => ${run},
  });`;
}

describe('tools from outside', () => {
  afterEach(removeTemporaryFolders);

  function folderOf(files: Record<string, string>): string {
    const folder = temporaryFolder();
    for (const [name, text] of Object.entries(files)) put(folder, name, text);
    return folder;
  }

  it('are those that ship when no folder is named', async () => {
    assert.equal(await loadTools(undefined), shipped);
  });

  it('come beside those that ship, from JavaScript and TypeScript', async () => {
    const folder = folderOf({
      'echo.mjs': moduleOf('echo'),
      'typed.ts': `const name: string = 'typed';\n${moduleOf("' + name + '")}`,
      'echo.test.mjs': 'throw new Error("a test is no tool")',
      'types.d.ts': 'export {};',
      'readme.md': '# Tools',
      'lib/helper.mjs': 'export const help = 1;',
    });
    mkdirSync(join(folder, 'more'));
    const tools = await loadTools(folder);
    assert.deepEqual([...tools.keys()], [...shipped.keys(), 'echo', 'typed']);
    const echo = tools.get('echo');
    assert.deepEqual(await echo?.run({ what: 'x' }, contextOf(folder)), { heard: 'x' });
    await assert.rejects(echo?.run({ who: 'x' }, contextOf(folder)) ?? Promise.resolve(), {
      type: 'Invalid',
    });
  });

  it('throw the errors that the worker knows', async () => {
    const refusing = moduleOf('refuse', "{ throw new ToolError('NotFound', what); }");
    const tools = await loadTools(folderOf({ 'refuse.mjs': refusing }));
    const refused = tools.get('refuse')?.run({ what: 'x' }, contextOf(temporaryFolder()));
    await assert.rejects(refused ?? Promise.resolve(), { name: 'ToolError', type: 'NotFound' });
  });

  it('take a pattern with flags for what it is, and not for another one without', async () => {
    const patterns = ["/^[\\p{L} .'-]+$/u", '/^[a-z]{2}$/i', '/^[\\u{1F300}-\\u{1FAFF}]$/u'];
    const values = ['Anna', 'AB', '\u{1F30D}'];
    const of = (pattern: string, index: number): [string, string] => [
      `p${index}.mjs`,
      moduleOf(`p${index}`).replace('what: z.string()', `what: z.string().regex(${pattern})`),
    ];
    const tools = await loadTools(folderOf(Object.fromEntries(patterns.map(of))));
    for (const [index, what] of values.entries()) {
      const tool = tools.get(`p${index}`)!;
      assert.equal(argumentProblem(`p${index}`, { what }, [tool.manifest]), undefined, what);
      assert.deepEqual(await tool.run({ what }, contextOf(temporaryFolder())), { heard: what });
      await assert.rejects(tool.run({ what: '1' }, contextOf(temporaryFolder())), { type: 'Invalid' });
    }
  });

  const mistakes: [what: string, files: Record<string, string>, said: RegExp][] = [
    ['a module that does not load', { 'a.mjs': "import './missing.mjs';" }, /a\.mjs: .*missing\.mjs/],
    ['a module that is not JavaScript', { 'a.mjs': 'export default ({' }, /a\.mjs: /],
    [
      'a module without a default export',
      { 'a.mjs': 'export const tool = 1;' },
      /a\.mjs: .*must be a function/,
    ],
    [
      'a function that throws',
      { 'a.mjs': 'export default () => { throw new Error("no key"); };' },
      /a\.mjs: no key/,
    ],
    [
      'a function that makes no tool',
      { 'a.mjs': 'export default () => ({ run: 1 });' },
      /a\.mjs: .*defineTool.*run/,
    ],
    ['a name that no definition could list', { 'a.mjs': moduleOf('Echo!') }, /a\.mjs: .*lower-case/],
    [
      'the name of a shipped tool',
      { 'a.mjs': moduleOf('pay_invoice') },
      /a\.mjs: .*another tool named pay_invoice/,
    ],
    ['the name of a command', { 'a.mjs': moduleOf('finish') }, /a\.mjs: .*another tool named finish/],
    [
      'the name of another module',
      { 'a.mjs': moduleOf('echo'), 'b.mjs': moduleOf('echo') },
      /b\.mjs: .*named echo/,
    ],
  ];
  for (const [what, files, said] of mistakes) {
    it(`stop the worker over ${what}, with one line`, async () => {
      await assert.rejects(loadTools(folderOf(files)), (error) => {
        assert.ok(error instanceof ConfigurationError);
        assert.match(error.message, said);
        assert.match(error.message, /^PERDURE_TOOLS_DIR: [^\n]+$/);
        return true;
      });
    });
  }

  it('stop the worker when there is no such folder', async () => {
    await assert.rejects(loadTools('/nowhere/tools'), /PERDURE_TOOLS_DIR: \/nowhere\/tools can't be read/);
  });
});
