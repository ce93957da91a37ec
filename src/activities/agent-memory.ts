import type { ToolInvocation } from '../contracts/tool.ts';
import type { AgentMemory } from '../tools/define-tool.ts';
import { ownerOf } from './keep-result.ts';
import type { ToolHost } from './run-tool.ts';

/** The memories that a call may reach, if its tool asked for them. Whose they are comes from the workflow, not from the model. */
export function agentMemory(
  invocation: ToolInvocation,
  { memories, resources }: Pick<ToolHost, 'memories' | 'resources'>,
): { memory?: AgentMemory } {
  const { memory, agentId: agent, turn, key } = invocation;
  if (memory === undefined) return {};
  const firstRun = ownerOf(invocation);
  return {
    memory: {
      keep: ({ text, label }) =>
        memories.keep({ ...memory, ...{ text, label, agent, firstRun, turn, key }, now: resources.now() }),
      recall: ({ query, label, limit }) => memories.recall({ ...memory, firstRun, query, label, limit }),
    },
  };
}
