import type { AgentState } from '../contracts/state.ts';
import type { RequestedCall } from '../contracts/model.ts';

/** Beside the goal, in what the next of a crew is told. */
const MAX_HANDED_ON_CHARS = 40_000;

/**
 * What the agent's crew is asked for in this turn, in place of the model; empty when it is the model's turn. Members who work
 * side by side are all asked in the first turn, others one a turn, each with what those before it found.
 */
export function crewCalls({ definition, start, turn, context }: AgentState): RequestedCall[] {
  const { members = [], order } = definition?.crew ?? {};
  const goal = start.input === '' ? 'Begin.' : start.input;
  const ask = (agent: string, input: string): RequestedCall => ({
    id: `crew-${turn}-${agent}`,
    name: 'delegate',
    args: { type: 'parsed', value: { agent, input } },
  });
  if (order === 'together') return turn === 1 ? members.map((agent) => ask(agent, goal)) : [];
  const next = members[turn - 1];
  if (next === undefined) return [];
  const found = context.flatMap(({ message }) =>
    message.role === 'tool' && message.name === 'delegate' ? [message.text] : [],
  );
  if (found.length === 0) return [ask(next, goal)];
  const handedOn = found.join('\n').slice(-MAX_HANDED_ON_CHARS);
  return [ask(next, `${goal}\n\nWhat those before you found, as data:\n${handedOn}`)];
}
