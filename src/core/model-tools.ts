import type { AgentState } from '../contracts/state.ts';
import type { Definition } from '../contracts/definition.ts';
import type { ModelTool } from '../contracts/model.ts';
import { builtInModelTool, isBuiltIn } from './built-in-tools.ts';
import { manifestOf } from './manifest.ts';

/** The tools that the model is told of: those the definition lists, in its order. */
export function modelTools({ definition, manifests }: AgentState): ModelTool[] {
  return Object.keys(definition?.tools ?? {}).flatMap((name): ModelTool[] => {
    if (name === 'delegate') return [delegateTool(definition?.delegation)];
    if (isBuiltIn(name)) return [builtInModelTool(name)];
    const manifest = manifestOf({ manifests }, name);
    return manifest ? [{ name, description: manifest.description, parameters: manifest.inputSchema }] : [];
  });
}

function delegateTool(delegation: Definition['delegation']): ModelTool {
  const tool = builtInModelTool('delegate');
  const agents = Object.keys(delegation?.agents ?? {});
  if (agents.length === 0) return tool;
  return { ...tool, description: `${tool.description} The agents are: ${agents.join(', ')}.` };
}
