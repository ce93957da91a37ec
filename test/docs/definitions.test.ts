import assert from 'node:assert/strict';
import {
  Budget,
  DeadlineOutcome,
  DefinitionFrontMatter,
  PolicyMode,
} from '../../src/contracts/definition.ts';
import { AgentStart } from '../../src/contracts/start.ts';
import { builtInModelTool, builtInTools, type BuiltInTool } from '../../src/core/built-in-tools.ts';
import { parseDefinitionFile } from '../../src/core/definition-file.ts';
import { decidePolicy } from '../../src/core/policy.ts';
import { tools } from '../../src/tools/registry.ts';
import { codes, page, rows, section } from './pages.ts';

/** The names in the first column of a section's tables. */
const named = (text: string): string[] => rows(text).flatMap(([name]) => codes(name));

/** `name` for an argument that must be given, `name?` for one that need not. */
function argumentsOf(schema: unknown): string[] {
  const { properties, required = [] } = schema as { properties: object; required?: string[] };
  return Object.keys(properties).map((name) => (required.includes(name) ? name : `${name}?`));
}

describe('docs/definitions.md', () => {
  const text = page('definitions.md');

  it('has an example that is a definition', () => {
    const example = /```markdown\n([\s\S]*?)\n```/.exec(text)?.[1] ?? '';
    const parsed = parseDefinitionFile(example, 'archivist.md');
    assert.deepEqual(parsed.ok ? [] : parsed.problems, []);
    const known = [...tools.keys(), ...Object.keys(builtInTools)];
    assert.deepEqual(
      parsed.ok && Object.keys(parsed.definition.tools).filter((tool) => !known.includes(tool)),
      [],
    );
  });

  it('explains every field', () => {
    assert.deepEqual(named(section(text, '## Fields')), Object.keys(DefinitionFrontMatter.shape));
    assert.deepEqual(named(section(text, '## Budget')), Object.keys(Budget.shape));
    assert.deepEqual(named(section(text, '## Starting an agent')), Object.keys(AgentStart.shape));
    assert.deepEqual(named(section(text, '### Deadlines')), DeadlineOutcome.options);
    assert.deepEqual(named(section(text, '## Policy')).slice(0, 4), PolicyMode.options);
  });

  it('lists every tool with its arguments and effect', () => {
    const written = rows(section(text, '## Built-in tools')).map(([name, args, effect]) => ({
      name: codes(name)[0],
      args: codes(args),
      effect: effect?.replaceAll('`', ''),
    }));
    const runnable = [...tools.values()].map(({ manifest: { name, effect, inputSchema } }) => ({
      ...{ name, effect, args: argumentsOf(inputSchema) },
    }));
    const commands = (Object.keys(builtInTools) as BuiltInTool[]).map((name) => ({
      ...{ name, effect: 'command', args: argumentsOf(builtInModelTool(name).parameters) },
    }));
    const byName = <Item extends { name?: string | undefined }>(items: Item[]): Item[] =>
      items.toSorted((left, right) => (left.name ?? '').localeCompare(right.name ?? ''));
    assert.deepEqual(byName(written), byName([...runnable, ...commands]));
  });

  const outcomes = rows(section(text, '### Conditions')).filter((row) => row.length === 2 && row[1] !== '');
  const facts = { amount: 1500, name: 'x', list: ['a'], findings: [], empty: null };
  const input = { facts, args: {}, agent: {}, labels: {} };

  for (const [cell, outcome] of outcomes.slice(4)) {
    const [when = ''] = codes(cell);
    it(`says rightly of ${when}: ${outcome ?? ''}`, () => {
      const gives = (mode: 'auto' | 'approve'): boolean =>
        decidePolicy([{ when, mode }, { mode: 'deny' }], input).mode === mode;
      const expected = { true: [true, true], false: [false, false], "can't be evaluated": [false, true] };
      assert.deepEqual([gives('auto'), gives('approve')], expected[outcome as keyof typeof expected]);
    });
  }
});
