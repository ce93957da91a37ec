import * as z from 'zod';
import type { JsonObject } from '../contracts/json.ts';
import { describeIssues } from '../contracts/messages.ts';
import type { ToolManifest } from '../contracts/tool.ts';
import { builtInTools, isBuiltIn } from './built-in-tools.ts';
import { manifestOf } from './manifest.ts';

/** Compiling a schema costs more than checking with it. A cache only: the same manifest always gives the same schema. */
const compiled = new WeakMap<ToolManifest, z.ZodType>();

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
  const schema = z.fromJSONSchema(manifest.inputSchema);
  compiled.set(manifest, schema);
  return schema;
}
