import { cp, mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Plan } from './plan.ts';
import { projectRoot } from './world.ts';

/** A defect that the suite must notice: a change to one line of a copy of the build, and what the oracle then says. */
export interface Mutant {
  readonly name: string;
  /** A file of the build, or a folder of which one file has the line. */
  readonly place: 'chunks' | 'workflow-bundle.js';
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
    place: 'chunks',
    line: '\tconst { agentId, turn, index, tool, key } = invocation;\n',
    instead:
      '\tconst { agentId, turn, index, tool } = invocation;\n\tconst key = `${invocation.key}/${Math.random()}`;\n',
    isFor: (plan) => killsAfterFirstEffect(plan, 'post'),
    complaint: /happened 2 times, there was leave for 1/,
  },
  {
    name: '`once` retried',
    place: 'workflow-bundle.js',
    line: 'const onceTool = {\n    ...retryableTool,\n    retry: {\n        maximumAttempts: 1\n    }\n};\n',
    instead: 'const onceTool = retryableTool;\n',
    isFor: (plan) => killsAfterFirstEffect(plan, 'send'),
    complaint: /happened 2 times, there was leave for 1/,
  },
  {
    name: 'de-duplication off: a message is never recognised',
    place: 'workflow-bundle.js',
    line: 'function hasSeen(ids, id) {\n',
    instead: 'function hasSeen(ids, id) {\n    return false;\n',
    isFor: () => true,
    complaint: /message \S+ was heard 2 times/,
  },
];

/** A copy of the build with the defect in it. Fails if the line is not there exactly once: then the mutant would be none. */
export async function buildMutant({ place, line, instead }: Mutant): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'perdure-mutant-'));
  const build = join(folder, 'dist');
  await cp(join(projectRoot, 'dist'), build, { recursive: true });
  await cp(join(projectRoot, 'package.json'), join(folder, 'package.json'));
  await symlink(join(projectRoot, 'node_modules'), join(folder, 'node_modules'));
  const files = await filesAt(join(build, place));
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  const having = files.flatMap((file, at) => {
    const parts = (texts[at] ?? '').split(line);
    return parts.length > 1 ? [{ file, parts }] : [];
  });
  const [only, ...others] = having;
  if (only?.parts.length !== 2 || others.length > 0)
    throw new Error(`${place} does not have exactly one line: ${line.trim()}`);
  await writeFile(only.file, only.parts.join(instead));
  return build;
}

async function filesAt(place: string): Promise<string[]> {
  if (place.endsWith('.js')) return [place];
  return (await readdir(place)).filter((name) => name.endsWith('.js')).map((name) => join(place, name));
}
