import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Definition } from '../../contracts/definition.ts';
import { failures } from '../../contracts/failures.ts';
import { type DefinitionProblem, parseDefinitionFile } from '../../core/definition-file.ts';
import { GatewayError } from '../gateway-error.ts';
import { examples } from './arguments.ts';
import type { Run } from './session.ts';
import { clean, oneLine, table } from './view/text.ts';

/** A folder of definitions is written by people; a folder with more is another folder. */
const MAX_FILES = 1_000;

export type ReadDefinition =
  | { readonly file: string; readonly ok: true; readonly definition: Definition }
  | { readonly file: string; readonly ok: false; readonly problems: readonly DefinitionProblem[] };

export function registerDefinitions(program: Command, run: Run): void {
  const definitions = program
    .command('definitions')
    .description('definitions that agents can be started from (PERDURE_AGENTS_DIR, default agents)')
    .addHelpText('after', examples('perdure definitions', 'perdure definitions check'))
    .action(() =>
      run(async (session) => {
        const read = await readDefinitions(agentsFolder());
        session.out.data(read.map(listed), () => definitionsText(read));
        return undefined;
      }),
    );
  definitions
    .command('check')
    .description('names file, line and field of every mistake')
    .action(() =>
      run(async (session) => {
        const read = await readDefinitions(agentsFolder());
        const wrong = read.filter(({ ok }) => !ok);
        session.out.data(read.map(checked), () => checkText(read));
        return wrong.length > 0 ? failures.DefinitionInvalid.exitCode : undefined;
      }),
    );
}

/** Every `.md` file of a folder, by name. Fails `NotFound` when there is no such folder. */
export async function readDefinitions(folder: string): Promise<ReadDefinition[]> {
  const files = await readdir(folder).catch((error: unknown) => {
    throw new GatewayError('NotFound', `The folder of definitions ${folder} can't be read.`, {
      help: 'Set PERDURE_AGENTS_DIR, or run it where the folder agents/ is.',
      cause: error,
    });
  });
  const names = files.filter((name) => name.endsWith('.md')).sort();
  if (names.length > MAX_FILES)
    throw new GatewayError('Invalid', `${folder} holds more than ${MAX_FILES} definitions.`);
  return Promise.all(
    names.map(async (name) => {
      const file = join(folder, name);
      return { file, ...parseDefinitionFile(await readFile(file, 'utf8'), name) };
    }),
  );
}

function agentsFolder(): string {
  return process.env['PERDURE_AGENTS_DIR'] || 'agents'; // An empty variable means that it is not set.
}

function listed(read: ReadDefinition): unknown {
  if (!read.ok) return { file: read.file, problems: read.problems };
  const { name, description, models, lifetime, tools, budget, hash } = read.definition;
  return { file: read.file, name, description, models, lifetime, tools: Object.keys(tools), budget, hash };
}

function checked(read: ReadDefinition): unknown {
  return { file: read.file, ok: read.ok, problems: read.ok ? [] : read.problems };
}

function definitionsText(read: readonly ReadDefinition[]): string {
  if (read.length === 0) return `No definitions in ${agentsFolder()}; write agents/<name>.md.`;
  return table(
    ['NAME', 'MODEL', 'LIFETIME', 'TOOLS', 'DESCRIPTION'],
    read.map((item) =>
      item.ok
        ? [
            clean(item.definition.name),
            clean(item.definition.models.join(', ')),
            item.definition.lifetime,
            String(Object.keys(item.definition.tools).length),
            oneLine(item.definition.description, 80),
          ]
        : [clean(item.file), '-', '-', '-', `${item.problems.length} mistakes: perdure definitions check`],
    ),
  );
}

/** `file:line: field: message`, as editors and CI systems read it. */
export function checkText(read: readonly ReadDefinition[]): string {
  const lines = read.flatMap((item) =>
    item.ok
      ? []
      : item.problems.map(
          ({ line, field, message }) =>
            `${clean(item.file)}:${line}: ${clean(field)}: ${oneLine(message, 500)}`,
        ),
  );
  const wrong = read.filter(({ ok }) => !ok).length;
  const sum = `${read.length} definitions, ${wrong === 0 ? 'all right' : `${wrong} with mistakes`}`;
  return [...lines, sum].join('\n');
}
