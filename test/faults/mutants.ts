import { cp, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Plan } from './plan.ts';
import { projectRoot } from './world.ts';

/** A defect that the suite must notice: a change to one line of a copy of the build, and what the oracle then says. */
export interface Mutant {
  readonly name: string;
  readonly file: string;
  readonly line: string;
  readonly instead: string;
  /** Whether a plan leads to the defect. */
  readonly isFor: (plan: Plan) => boolean;
  readonly complaint: RegExp;
}

/** The only fault of a plan: the worker dies when the owner has done the first thing that it was asked for. */
function killsAfterFirstEffect(plan: Plan, tool: string): boolean {
  const [fault] = plan.faults;
  const [first] = plan.lives.flatMap(({ steps }) => steps).filter((step) => step.some(isEffect));
  const call = first?.length === 1 ? first[0] : undefined;
  return (
    `${fault?.moment} ${fault?.side} ${fault?.nth}` === 'tool-effect after 1' &&
    call?.tool === tool &&
    !String(call.args['item']).endsWith('?')
  );
}

const isEffect = ({ tool }: { tool: string }): boolean => ['post', 'send', 'book'].includes(tool);

/** What the specification of the suite names: it must fail without keys, with `once` retried, and without de-duplication. */
export const mutants: readonly Mutant[] = [
  {
    name: 'keys removed: each attempt has another one',
    file: 'activities/run-tool.js',
    line: '    const { agentId, turn, index, tool, key } = invocation;\n',
    instead:
      '    const { agentId, turn, index, tool } = invocation;\n    const key = `${invocation.key}/${Math.random()}`;\n',
    isFor: (plan) => killsAfterFirstEffect(plan, 'post'),
    complaint: /happened 2 times, there was leave for 1/,
  },
  {
    name: '`once` retried',
    file: 'workflow-bundle.js',
    line: 'const onceTool = { ...retryableTool, retry: { maximumAttempts: 1 } };\n',
    instead: 'const onceTool = retryableTool;\n',
    isFor: (plan) => killsAfterFirstEffect(plan, 'send'),
    complaint: /happened 2 times, there was leave for 1/,
  },
  {
    name: 'de-duplication off: a message is never recognised',
    file: 'workflow-bundle.js',
    line: 'function hasSeen(ids, id) {\n',
    instead: 'function hasSeen(ids, id) {\n    return false;\n',
    isFor: () => true,
    complaint: /message \S+ was heard 2 times/,
  },
];

/** A copy of the build with the defect in it. Fails if the line is not there exactly once: then the mutant would be none. */
export async function buildMutant({ file, line, instead }: Mutant): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'perdure-mutant-'));
  const build = join(folder, 'dist');
  await cp(join(projectRoot, 'dist'), build, { recursive: true });
  await cp(join(projectRoot, 'package.json'), join(folder, 'package.json'));
  await symlink(join(projectRoot, 'node_modules'), join(folder, 'node_modules'));
  const text = await readFile(join(build, file), 'utf8');
  const [before, after, ...more] = text.split(line);
  if (before === undefined || after === undefined || more.length > 0)
    throw new Error(`${file} does not have exactly one line: ${line.trim()}`);
  await writeFile(join(build, file), before + instead + after);
  return build;
}
