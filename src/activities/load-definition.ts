import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import type { LoadedDefinition } from '../contracts/activities.ts';
import { type FailureType, failures } from '../contracts/failures.ts';
import { isBuiltIn } from '../core/built-in-tools.ts';
import { parseDefinitionFile } from '../core/definition-file.ts';
import type { AnyTool } from '../tools/define-tool.ts';

/** A name is part of a path, so nothing but what definitions may be called is let through. */
const namePattern = /^[a-z0-9][a-z0-9_-]{0,63}$/;

export interface DefinitionSource {
  readonly agentsDir: string;
  readonly tools: ReadonlyMap<string, AnyTool>;
  /** Takes the place of the models that definitions name. */
  readonly model?: string | undefined;
}

/** Reads `agents/<name>.md` and the manifests of the tools that it lists; the agent keeps both for its whole life. */
export async function loadDefinition(name: string, source: DefinitionSource): Promise<LoadedDefinition> {
  if (!namePattern.test(name))
    throw failure('NotFound', `agent: "${name}" can't be the name of a definition`);
  const fileName = `${name}.md`;
  const parsed = parseDefinitionFile(await readDefinition(source.agentsDir, fileName), fileName);
  if (!parsed.ok) {
    const problems = parsed.problems.map(
      ({ line, field, message }) => `${fileName}:${line} ${field}: ${message}`,
    );
    throw failure('DefinitionInvalid', problems.join('; '));
  }
  const { definition } = parsed;
  const manifests = Object.keys(definition.tools)
    .filter((tool) => !isBuiltIn(tool))
    .map((tool) => {
      const known = source.tools.get(tool);
      if (!known)
        throw failure('DefinitionInvalid', `${fileName} tools.${tool}: this worker has no such tool`);
      return known.manifest;
    });
  return {
    definition: source.model === undefined ? definition : { ...definition, models: [source.model] },
    manifests,
  };
}

async function readDefinition(agentsDir: string, fileName: string): Promise<string> {
  try {
    return await readFile(join(agentsDir, fileName), 'utf8');
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    // What is not there will not come by waiting; a disk that can't be read may.
    if (!isMissing) throw error;
    throw failure('NotFound', `agent: there is no definition ${fileName} in ${agentsDir}`);
  }
}

function failure(type: FailureType, message: string): ApplicationFailure {
  return ApplicationFailure.create({ type, message, nonRetryable: !failures[type].retryable });
}
