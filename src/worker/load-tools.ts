import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as z from 'zod';
import { Name } from '../contracts/definition.ts';
import { ToolManifest } from '../contracts/tool.ts';
import { isBuiltIn } from '../core/built-in-tools.ts';
import type { AnyTool } from '../tools/define-tool.ts';
import { toolKit, type ToolModule } from '../tools/kit.ts';
import { tools as shipped } from '../tools/registry.ts';
import { ConfigurationError } from './environment.ts';

/** Every tool's manifest can be part of an agent's state; a folder with more modules is another folder. */
const MAX_MODULES = 200;

/** Programs that Node runs as they are; type declarations and tests are neither. */
const isModule = (name: string): boolean =>
  /\.(js|mjs|ts|mts)$/.test(name) && !/\.(d|test)\.[a-z]+$/.test(name);

const isFunction = (value: unknown): boolean => typeof value === 'function';
const Module = z.object({ default: z.custom<ToolModule>(isFunction) });
const Loaded = z.object({
  manifest: ToolManifest.extend({ name: Name }),
  run: z.custom<AnyTool['run']>(isFunction, 'must be a function'),
});

/**
 * The shipped tools and those of a folder: each of its modules has a default export that is handed the tool kit and gives
 * back one tool. Whatever is wrong with one stops the worker, naming the file: an agent must not find out later.
 */
export async function loadTools(folder: string | undefined): Promise<ReadonlyMap<string, AnyTool>> {
  if (folder === undefined) return shipped;
  const tools = new Map(shipped);
  for (const file of await modulesIn(folder)) {
    const tool = await loadTool(join(folder, file));
    const { name } = tool.manifest;
    if (tools.has(name) || isBuiltIn(name)) throw wrong(file, `there is another tool named ${name}`);
    tools.set(name, tool);
  }
  return tools;
}

/** In the order of their names, so that a clash is reported at the same file each time. */
async function modulesIn(folder: string): Promise<string[]> {
  const found = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw new ConfigurationError(`PERDURE_TOOLS_DIR: ${folder} can't be read (${messageOf(error)})`);
  });
  const names = found.filter((entry) => !entry.isDirectory() && isModule(entry.name)).map(({ name }) => name);
  if (names.length <= MAX_MODULES) return names.sort();
  throw new ConfigurationError(`PERDURE_TOOLS_DIR: ${folder} holds more than ${MAX_MODULES} modules`);
}

async function loadTool(file: string): Promise<AnyTool> {
  const module = await attempt(file, async () => import(pathToFileURL(file).href));
  const make = Module.safeParse(module);
  if (!make.success) {
    throw wrong(
      file,
      'the default export must be a function ({ defineTool, z, ... }) => defineTool({ ... })',
    );
  }
  const made = await attempt(file, async () => make.data.default(toolKit));
  const tool = Loaded.safeParse(made);
  if (tool.success) {
    const { inputSchema, outputSchema = {} } = tool.data.manifest;
    // Workflows check with these; one that can't be read back would say so to the first agent that uses it.
    await attempt(file, async () =>
      Promise.resolve([inputSchema, outputSchema].map((schema) => z.fromJSONSchema(schema))),
    );
    // What the schema has seen is what tells a tool from anything else; its functions parse their own arguments.
    return made as AnyTool;
  }
  throw wrong(
    file,
    `the default export must give back what defineTool returns: ${z.prettifyError(tool.error)}`,
  );
}

async function attempt(file: string, work: () => Promise<unknown>): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    throw wrong(file, messageOf(error));
  }
}

function wrong(file: string, problem: string): ConfigurationError {
  return new ConfigurationError(`PERDURE_TOOLS_DIR: ${file}: ${problem.replaceAll(/\s*\n\s*/g, '; ')}`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
