import { Json } from '../contracts/json.ts';
import type { AgentState, CallOutcome, ToolCall } from '../contracts/state.ts';
import type { ToolManifest } from '../contracts/tool.ts';
import { schemaOf } from './arguments.ts';
import { manifestOf } from './manifest.ts';
import { boundedResult } from './results.ts';

/**
 * What a person says who did a call, or knows that it was done. JSON that fits the tool's result is the result, so that
 * the model goes on as after any other call; any other words are a report for it to read.
 */
export function reportedOutcome(state: AgentState, call: ToolCall, message: string, by: string): CallOutcome {
  const result = resultIn(message, manifestOf(state, call.name));
  if (result === undefined) return { ok: true, result: { doneBy: by, report: message } };
  return { ok: true, result: boundedResult(result, state.calls.length), doneBy: by };
}

function resultIn(message: string, manifest: ToolManifest | undefined): Json | undefined {
  if (!manifest?.outputSchema) return undefined;
  const said = parsed(message);
  if (said === undefined) return undefined;
  return schemaOf(manifest.outputSchema).safeParse(said).success ? said : undefined;
}

function parsed(text: string): Json | undefined {
  try {
    return Json.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
