import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ParsedDefinition, parseDefinitionFile } from '../core/definition-file.ts';
import { GatewayError } from './gateway-error.ts';

/** A folder of definitions is written by people; a folder with more is another folder. */
const MAX_FILES = 1_000;

export type ReadDefinition = ParsedDefinition & { readonly file: string };

/** Where definitions are, here as in the worker. */
export function agentsFolder(): string {
  return process.env['PERDURE_AGENTS_DIR'] || 'agents'; // An empty variable means that it is not set.
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
