import type { Activities, LocalActivities } from '../contracts/activities.ts';
import { callModel } from './call-model.ts';
import type { ContextCache } from './context-cache.ts';
import { type DefinitionSource, loadDefinition } from './load-definition.ts';
import type { ModelPort } from './ports.ts';
import { reconcileTool } from './reconcile-tool.ts';
import { assessCalls, runPureTools, runTool, type ToolHost } from './run-tool.ts';

/** What activities need of the outside world. */
export interface ActivityPorts {
  readonly definitions: DefinitionSource;
  readonly model: ModelPort;
  readonly host: ToolHost;
}

type ToolActivities = Pick<Activities, 'runTool' | 'reconcileTool'>;

/** Activities of the agents' own task queue: definitions, models, quick tools, and what runs inside a workflow task. */
export function createAgentActivities(
  { definitions, model, host }: ActivityPorts,
  contexts: ContextCache,
): Activities & LocalActivities {
  return {
    ...createToolActivities({ host }),
    loadDefinition: (name) => loadDefinition(name, definitions),
    callModel: (request) => callModel(request, model, contexts),
    runPureTools: (invocations) => runPureTools(invocations, host),
    assessCalls: (invocations) => assessCalls(invocations, host),
  };
}

/** Activities of the tools' task queue. */
export function createToolActivities({ host }: Pick<ActivityPorts, 'host'>): ToolActivities {
  return {
    runTool: (invocation) => runTool(invocation, host),
    reconcileTool: (invocation) => reconcileTool(invocation, host),
  };
}
