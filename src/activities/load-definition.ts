import { ApplicationFailure } from '@temporalio/common';
import type { LoadedDefinition } from '../contracts/activities.ts';
import type { Definition } from '../contracts/definition.ts';
import type { FailureType } from '../contracts/failures.ts';
import { jsonBytes } from '../contracts/json.ts';
import type { ToolManifest } from '../contracts/tool.ts';
import { MAX_REASON_CHARS } from '../core/bounds.ts';
import { isBuiltIn } from '../core/built-in-tools.ts';
import { beginning } from '../core/text.ts';
import { fileErrorCode, readDefinitionText } from '../storage/definition-files.ts';
import { type AnyTool, RateLimited, ToolUnavailable } from '../tools/define-tool.ts';
import { findDependents } from './dependents.ts';
import { mcpManifests, UnknownTool } from './mcp/manifests.ts';
import { parsedDefinition } from './parsed-definitions.ts';
import type { McpPort } from './ports.ts';

/** A name is part of a path, so nothing but what definitions may be called is let through. */
const namePattern = /^[a-z0-9][a-z0-9_-]{0,63}$/;

export interface DefinitionSource {
  readonly agentsDir: string;
  readonly tools: ReadonlyMap<string, AnyTool>;
  readonly mcp: McpPort;
  /** Takes the place of the models that definitions name. */
  readonly model?: string | undefined;
  /** Public keys of the admin servers whose word counts for who is signed in. */
  readonly trusted?: readonly string[];
  /** Whether this worker has people told of what its agents ask. */
  readonly notifies?: boolean;
}

/** A file with mistakes may be mended while the agent waits; the time itself is core's to choose. */
const MENDABLE = { retryAfterMs: 0 };
/** Instructions and schemas are carried with the agent from run to run. */
const MAX_LOADED_BYTES = 100_000;

/** Reads `agents/<name>.md` and the manifests of the tools that it lists; the agent keeps both for its whole life. */
export async function loadDefinition(name: string, source: DefinitionSource): Promise<LoadedDefinition> {
  if (!namePattern.test(name)) throw notFound(`agent: "${name}" can't be the name of a definition`);
  const fileName = `${name}.md`;
  const parsed = parsedDefinition(await readDefinition(source.agentsDir, fileName), fileName);
  if (!parsed.ok) {
    const problems = parsed.problems.map(
      ({ line, field, message }) => `${fileName}:${line} ${field}: ${message}`,
    );
    throw invalid(problems.join('; '));
  }
  const { definition } = parsed;
  const ofServers = await manifestsOfServers(definition, source.mcp, fileName);
  const ofWorker = Object.keys(definition.tools)
    .filter((tool) => !isBuiltIn(tool) && definition.mcp?.tools[tool] === undefined)
    .map((tool) => {
      const known = source.tools.get(tool);
      if (!known) throw invalid(`${fileName} tools.${tool}: this worker has no such tool`);
      return known.manifest;
    });
  const models = source.model === undefined ? definition.models : [source.model];
  const following = await findDependents(source.agentsDir, name).catch((error: unknown) => {
    throw invalid(`the folder of ${fileName} can't be read: ${fileErrorCode(error)}`);
  });
  if (!following.ok) throw invalid(`${fileName} ${following.problem}`);
  const { dependents } = following;
  const { trusted = [] } = source;
  const snapshot: Definition = {
    ...{ ...definition, models },
    ...(dependents.length > 0 ? { dependents } : {}),
    ...(trusted.length > 0
      ? { trusted: [...trusted], provesRequesters: true as const, datesSeals: true as const }
      : {}),
    ...(source.notifies === true ? { notifies: true as const } : {}),
  };
  const loaded = { definition: snapshot, manifests: [...ofWorker, ...ofServers], heedsEarly: true as const };
  const bytes = jsonBytes(loaded);
  if (bytes <= MAX_LOADED_BYTES) return loaded;
  throw invalid(`${fileName}: with its tools it takes ${bytes} bytes, more than ${MAX_LOADED_BYTES}`);
}

/** A server that can't be reached holds the agent up as a mistake in the file does: it waits, says why, and tries again. */
async function manifestsOfServers(
  { mcp }: Definition,
  port: McpPort,
  fileName: string,
): Promise<ToolManifest[]> {
  try {
    return mcp === undefined ? [] : await mcpManifests(mcp, port);
  } catch (error) {
    if (error instanceof UnknownTool) throw invalid(`${fileName} ${error.message}`);
    if (error instanceof RateLimited || error instanceof ToolUnavailable)
      throw mendable('ToolUnavailable', error.message);
    throw error;
  }
}

async function readDefinition(agentsDir: string, fileName: string): Promise<string> {
  try {
    return await readDefinitionText(agentsDir, fileName);
  } catch (error) {
    const code = fileErrorCode(error);
    // What is not there will not come by waiting; a disk that can't be read may.
    if (code !== 'ENOENT') throw invalid(`${fileName} can't be read: ${code}`);
    throw notFound(`agent: there is no definition ${fileName} in ${agentsDir}`);
  }
}

function notFound(message: string): ApplicationFailure {
  return ApplicationFailure.create({ type: 'NotFound', message, nonRetryable: true });
}

function invalid(message: string): ApplicationFailure {
  return mendable('DefinitionInvalid', message);
}

function mendable(type: FailureType, message: string): ApplicationFailure {
  return ApplicationFailure.create({
    type,
    message: beginning(message, MAX_REASON_CHARS),
    nonRetryable: true,
    details: [MENDABLE],
  });
}
