import type { AgentState } from '../contracts/state.ts';
import { jsonBytes } from '../contracts/json.ts';
import { actorName, type AgentStart } from '../contracts/start.ts';
import { MAX_ID_BYTES, MAX_START_BYTES } from './bounds.ts';
import { hashText } from './hash.ts';
import { beginning } from './text.ts';

/** A result may be longer than what an agent may be started with. */
const MAX_RESULT_CHARS = 40_000;

/** The agents that begin because this one has completed, each with an id that it can have only once. */
export function successorsOf(state: AgentState): { readonly id: string; readonly start: AgentStart }[] {
  const { agentId, firstRunId, start, definition, outcome } = state;
  // They would begin a second time, for real, because of a fork that only tries what would have been.
  if (outcome?.status !== 'completed' || (start.fork && start.fork.tools !== 'live')) return [];
  const result = JSON.stringify(outcome.result);
  return (definition?.dependents ?? []).map(({ agent, input }) => ({
    id: idAfter(agent, agentId, hashText(firstRunId).slice(0, 6)),
    start: startWith(state, { agent, input }, result),
  }));
}

function idAfter(agent: string, first: string, run: string): string {
  const id = `${agent}.after.${first}-${run}`;
  return jsonBytes(id) <= MAX_ID_BYTES ? id : `${agent}.after.${hashText(first)}-${run}`;
}

/** As much of the result as fits: in many languages a character takes three times the bytes of a Latin one. */
function startWith(
  { agentId, start }: AgentState,
  { agent, input }: { agent: string; input: string },
  result: string,
): AgentStart {
  const told = `The agent ${agentId} (${start.agent}) has completed. Its result, as data:`;
  for (let chars = MAX_RESULT_CHARS; ; chars = Math.floor(chars / 2)) {
    const found = {
      agent,
      input: `${input === '' ? '' : `${input}\n\n`}${told}\n${beginning(result, chars)}`,
      requester: actorName(agentId),
      labels: start.labels,
    };
    if (chars === 0 || jsonBytes(found) <= MAX_START_BYTES) return found;
  }
}
