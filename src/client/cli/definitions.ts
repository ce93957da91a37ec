import type { Command } from 'commander';
import { failures } from '../../contracts/failures.ts';
import { agentsFolder, type ReadDefinition, readDefinitions } from '../read-definitions.ts';
import { examples } from './arguments.ts';
import type { Run } from './session.ts';
import { clean, oneLine, table } from './view/text.ts';

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
