import { proxyActivities, upsertSearchAttributes } from '@temporalio/workflow';
import type { LoadedDefinition } from '../../src/contracts/activities.ts';

interface OtherActivities {
  loadDefinition(name: string): Promise<LoadedDefinition>;
  askOracle(name: string): Promise<string>;
}

const { loadDefinition, askOracle } = proxyActivities<OtherActivities>({ startToCloseTimeout: '30s' });

/**
 * Another workflow under the agents' name: it begins as they do, and then asks somebody else where they ask the model.
 * Its history must not replay with theirs; if it does, the replay test proves nothing.
 */
export async function persistentAgent(start: { agent: string }): Promise<string> {
  const loading = loadDefinition(start.agent);
  upsertSearchAttributes({
    AgentDefinition: [start.agent],
    AgentStatus: ['running'],
    AgentWaitingFor: [],
    AgentPendingApprovals: [0],
    AgentTurn: [0],
  });
  const { definition } = await loading;
  return askOracle(definition.name);
}
