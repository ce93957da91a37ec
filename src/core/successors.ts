import type { AgentState } from '../contracts/state.ts';
import type { AgentStart } from '../contracts/start.ts';
import { hashText } from './hash.ts';
import { beginning } from './text.ts';

/** A result may be longer than what an agent may be started with. */
const MAX_RESULT_CHARS = 40_000;

/** The agents that begin because this one has completed, each with an id that it can have only once. */
export function successorsOf({ agentId, firstRunId, start, definition, outcome }: AgentState): {
  readonly id: string;
  readonly start: AgentStart;
}[] {
  // They would begin a second time, for real, because of a fork that only tries what would have been.
  if (outcome?.status !== 'completed' || (start.fork && start.fork.tools !== 'live')) return [];
  const result = beginning(JSON.stringify(outcome.result), MAX_RESULT_CHARS);
  return (definition?.dependents ?? []).map(({ agent, input }) => {
    const told = `The agent ${agentId} (${start.agent}) has completed. Its result, as data:\n${result}`;
    return {
      id: `${agent}.after.${agentId}-${hashText(firstRunId).slice(0, 6)}`,
      start: {
        agent,
        input: input === '' ? told : `${input}\n\n${told}`,
        requester: agentId,
        labels: start.labels,
      },
    };
  });
}
