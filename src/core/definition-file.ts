import { type Document, isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import {
  DEFAULT_CHILDREN,
  type Definition,
  DefinitionFrontMatter,
  type Triggers,
} from '../contracts/definition.ts';
import { jsonBytes } from '../contracts/json.ts';
import { specificIssues } from './definition-issues.ts';
import { hashText } from './hash.ts';
import { mcpPart } from './mcp-part.ts';
import { ruleProblems } from './rule-problems.ts';
import { conditionIssues } from './unread-conditions.ts';

/** A mistake in a definition, where it stands and what is wrong with it. */
export interface DefinitionProblem {
  readonly line: number;
  readonly field: string;
  readonly message: string;
}

export type ParsedDefinition =
  | { readonly ok: true; readonly definition: Definition; readonly triggers: Triggers }
  | { readonly ok: false; readonly problems: DefinitionProblem[] };

/** Definitions are written by hand and carried with the agent; more than this is a mistake. */
const MAX_FILE_BYTES = 90_000;
const frontMatter = /^---[ \t]*\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)([\s\S]*)$/;

/** Parses `agents/<name>.md`; every mistake is named with line and field. `fileName` is without its folder. */
export function parseDefinitionFile(text: string, fileName: string): ParsedDefinition {
  if (jsonBytes(text) > MAX_FILE_BYTES) return failed(1, 'file', `more than ${MAX_FILE_BYTES} bytes`);
  const parts = frontMatter.exec(text.replace(/^\uFEFF/, ''));
  if (!parts) return failed(1, 'front matter', 'the file must begin with YAML between two lines of ---');
  const lines = new LineCounter();
  const document = readYaml(parts[1] ?? '', lines);
  if (!document) return failed(1, 'front matter', 'nested too deeply to be read');
  const lineAt = (offset: number): number => lines.linePos(offset).line + 1;
  // What YAML only warns of is lost all the same: `when: !a && b` is read as `b`.
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) {
    return {
      ok: false,
      problems: faults.map(({ pos, message, code }) => ({
        line: lineAt(pos[0]),
        field: 'front matter',
        message:
          code === 'TAG_RESOLVE_FAILED' ? `${message}; what begins with ! needs quotes around it` : message,
      })),
    };
  }
  const lineOf = (path: readonly PropertyKey[]): number => lineAt(offsetOf(document, path));
  return toDefinition(document, parts[2] ?? '', text, fileName, lineOf);
}

function toDefinition(
  document: Document,
  instructions: string,
  text: string,
  fileName: string,
  lineOf: (path: readonly PropertyKey[]) => number,
): ParsedDefinition {
  const written = valueOf(document);
  if (!written.ok) return failed(2, 'front matter', written.problem);
  const parsed = DefinitionFrontMatter.safeParse(written.value);
  if (!parsed.success) {
    const issues = parsed.error.issues.flatMap(specificIssues);
    const isNamed = (path: readonly PropertyKey[]): boolean => issues.some((one) => isSame(one.path, path));
    const beyond = conditionIssues(written.value).filter(({ path }) => !isNamed(path));
    const name = isNamed(['name']) ? undefined : namedIn(written.value);
    const problems = [
      ...[...issues, ...beyond].map(({ path, message }) => ({
        line: lineOf(path),
        field: path.length > 0 ? path.map(String).join('.') : 'front matter',
        message,
      })),
      ...(name === undefined ? [] : nameProblems(name, fileName, lineOf(['name']))),
      ...instructionProblems(instructions),
    ];
    return { ok: false, problems };
  }
  const { model, tools: policies, mcp, schedule, hooks, after, ...rest } = parsed.data;
  const { rules: tools, part, problems: mcpProblems } = mcpPart(policies, mcp);
  const problems = [
    ...nameProblems(rest.name, fileName, lineOf(['name'])),
    ...problemsOfRules(tools, ['tools'], lineOf),
    ...grantProblems(rest, lineOf),
    ...crewProblems({ ...rest, tools }, lineOf),
    ...(Object.hasOwn(after, rest.name)
      ? [{ line: lineOf(['after']), field: 'after', message: `${rest.name} can't come after itself` }]
      : []),
    ...mcpProblems.map(({ path, message }) => ({
      ...{ line: lineOf(path), field: path.join('.'), message },
    })),
    ...instructionProblems(instructions),
  ];
  if (problems.length > 0) return { ok: false, problems };
  return {
    ok: true,
    definition: {
      ...{ ...rest, models: model, tools, instructions: instructions.trim(), hash: hashText(text) },
      ...(part === undefined ? {} : { mcp: part }),
    },
    triggers: { schedule, hooks, after },
  };
}

/** Undefined for a file that is nested so deeply that the library runs out of stack. */
function readYaml(text: string, lineCounter: LineCounter): Document | undefined {
  try {
    return parseDocument(text, { lineCounter, prettyErrors: false });
  } catch {
    return undefined;
  }
}

/** Aliases could make a small file huge; definitions have no use for them. */
function valueOf(document: Document): { ok: true; value: unknown } | { ok: false; problem: string } {
  try {
    return { ok: true, value: document.toJS({ maxAliasCount: 0 }) as unknown }; // The library types it as any.
  } catch {
    return { ok: false, problem: 'aliases (*name) are not allowed here; write the value out' };
  }
}

function failed(line: number, field: string, message: string): ParsedDefinition {
  return { ok: false, problems: [{ line, field, message }] };
}

function isSame(one: readonly PropertyKey[], other: readonly PropertyKey[]): boolean {
  return one.length === other.length && one.every((part, index) => part === other[index]);
}

function namedIn(written: unknown): string | undefined {
  return DefinitionFrontMatter.pick({ name: true }).loose().safeParse(written).data?.name;
}

function instructionProblems(instructions: string): DefinitionProblem[] {
  if (instructions.trim() !== '') return [];
  return [{ line: 1, field: 'instructions', message: 'there is no text below the front matter' }];
}

function nameProblems(name: string, fileName: string, line: number): DefinitionProblem[] {
  if (fileName === `${name}.md`) return [];
  return [
    {
      line,
      field: 'name',
      message: `"${name}" must be the name of the file without .md, which is ${fileName}`,
    },
  ];
}

/** Conditions must at least be CEL; what they speak of is only known when they are asked. */
function problemsOfRules(
  tools: Definition['tools'],
  path: readonly string[],
  lineOf: (path: readonly PropertyKey[]) => number,
): DefinitionProblem[] {
  return Object.entries(tools).flatMap(([tool, rules]) =>
    rules.flatMap((rule, index) =>
      ruleProblems(tool, rule).map(({ field: part, message }) => {
        const field = [...path, tool, index, ...part];
        return { line: lineOf(field), field: field.join('.'), message };
      }),
    ),
  );
}

/** The crew is started through `delegate`, by its rules and within its bounds. */
function crewProblems(
  { name, crew, tools, delegation }: Pick<Definition, 'name' | 'crew' | 'tools' | 'delegation'>,
  lineOf: (path: readonly PropertyKey[]) => number,
): DefinitionProblem[] {
  if (!crew) return [];
  const problem = (field: string, message: string) => [{ line: lineOf(field.split('.')), field, message }];
  if (!Object.hasOwn(tools, 'delegate')) return problem('crew', 'a crew needs delegate among the tools');
  const { members } = crew;
  if (members.includes(name)) return problem('crew.members', `${name} can't be of its own crew`);
  const { agents, children = DEFAULT_CHILDREN } = delegation ?? {};
  const strangers = members.filter((member) => agents && !Object.hasOwn(agents, member));
  if (strangers.length > 0)
    return problem('crew.members', `${strangers.join(', ')} must be among delegation.agents`);
  return members.length > children
    ? problem('crew.members', `they are more than delegation.children, which is ${children}`)
    : [];
}

function grantProblems(
  { delegation }: Pick<Definition, 'delegation'>,
  lineOf: (path: readonly PropertyKey[]) => number,
): DefinitionProblem[] {
  return Object.entries(delegation?.agents ?? {}).flatMap(([agent, { tools = {} }]) =>
    problemsOfRules(tools, ['delegation', 'agents', agent, 'tools'], lineOf),
  );
}

/** Where the field stands, or the nearest of its parents that is written. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const parent: unknown = document.getIn(path.slice(0, length - 1), true) ?? document.contents;
    const key = path[length - 1];
    const offset = isMap(parent)
      ? parent.items.find(({ key: name }) => isScalar(name) && name.value === key)?.key
      : document.getIn(path.slice(0, length), true);
    const range = (offset as Node | undefined)?.range; // Both lookups give nodes of this document.
    if (range) return range[0];
  }
  return 0;
}
