import * as z from 'zod';
import { Json, type JsonObject } from '../contracts/json.ts';
import { describeIssues } from '../contracts/messages.ts';
import type { ToolManifest } from '../contracts/tool.ts';
import { builtInTools, isBuiltIn } from './built-in-tools.ts';
import { manifestOf } from './manifest.ts';
import { memoized } from './memoized.ts';

const MAX_SCHEMAS = 500;

/** Compiling a schema costs more than checking with it. Caches only: the same manifest always gives the same schema. */
const compiled = new WeakMap<ToolManifest, z.ZodType>();
/** Agents of one definition have the same tools, each with manifests of its own. */
const schemaOfText = memoized(MAX_SCHEMAS, (text: string) => {
  const inputSchema = JSON.parse(text) as ToolManifest['inputSchema']; // As it was written below.
  return schemaOf(inputSchema);
});

/** What JSON Schema says of a value. Of one that can't be understood nothing is asked: the tool's own schema has the last word. */
export function schemaOf(schema: JsonObject): z.ZodType {
  try {
    return z.fromJSONSchema(schema);
  } catch {
    return Json;
  }
}

/** What is wrong with the arguments of a call, naming the field; undefined when they fit. */
export function argumentProblem(
  name: string,
  args: JsonObject,
  manifests: readonly ToolManifest[],
): string | undefined {
  const schema = isBuiltIn(name) ? builtInTools[name].input : manifestSchema(name, manifests);
  if (!schema) return `there is no tool ${name}`;
  const parsed = schema.safeParse(args);
  return parsed.success ? undefined : describeIssues(parsed.error);
}

function manifestSchema(name: string, manifests: readonly ToolManifest[]): z.ZodType | undefined {
  const manifest = manifestOf({ manifests }, name);
  if (!manifest) return undefined;
  const known = compiled.get(manifest);
  if (known) return known;
  const schema = schemaOfText(JSON.stringify(manifest.inputSchema));
  compiled.set(manifest, schema);
  return schema;
}
