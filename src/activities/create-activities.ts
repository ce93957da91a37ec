import type { Activities, LocalActivities } from '../contracts/activities.ts';
import { callModel } from './call-model.ts';
import type { ContextCache } from './context-cache.ts';
import { type DefinitionSource, loadDefinition } from './load-definition.ts';
import type { ModelPort } from './ports.ts';
import { assessCalls, runPureTools, runTool, type ToolHost } from './run-tool.ts';

/** Activities of the main task queue: definitions and tools. */
export function createToolActivities(
  definitions: DefinitionSource,
  host: ToolHost,
): Omit<Activities, 'callModel'> & LocalActivities {
  return {
    loadDefinition: (name) => loadDefinition(name, definitions),
    runTool: (invocation) => runTool(invocation, host),
    runPureTools: (invocations) => runPureTools(invocations, host),
    assessCalls: (invocations) => assessCalls(invocations, host),
  };
}

/** Activities of the model task queue. */
export function createModelActivities(
  model: ModelPort,
  contexts: ContextCache,
): Pick<Activities, 'callModel'> {
  return { callModel: (request) => callModel(request, model, contexts) };
}
