import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ParsedDefinition } from '../core/definition-file.ts';
import { fileErrorCode, readDefinitionText } from '../storage/definition-files.ts';
import { GatewayError } from './gateway-error.ts';

/** A folder of definitions is written by people; a folder with more is another folder. */
const MAX_FILES = 1_000;

export type ReadDefinition = ParsedDefinition & { readonly file: string };

/** Where definitions are, here as in the worker. */
export function agentsFolder(): string {
  return process.env['PERDURE_AGENTS_DIR'] || 'agents'; // An empty variable means that it is not set.
}

/** Every `.md` file of a folder, by name; one that can't be read has that as its mistake. Fails `NotFound` when there is no such folder. */
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
    names.map(async (name) => ({ file: join(folder, name), ...(await readDefinition(folder, name)) })),
  );
}

async function readDefinition(folder: string, name: string): Promise<ParsedDefinition> {
  // Loaded late: most commands read no definition, and it brings YAML and the language of conditions.
  const { parseDefinitionFile } = await import('../core/definition-file.ts');
  let text: string;
  try {
    text = await readDefinitionText(folder, name);
  } catch (error) {
    const message = `it can't be read: ${fileErrorCode(error)}`;
    return { ok: false, problems: [{ line: 1, field: 'file', message }] };
  }
  return parseDefinitionFile(text, name);
}
