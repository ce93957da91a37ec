import type { AgentState } from '../contracts/state.ts';
import { jsonBytes } from '../contracts/json.ts';
import type { RequestedCall } from '../contracts/model.ts';
import { MAX_TEXT_CHARS } from '../contracts/start.ts';
import { MAX_START_BYTES } from './bounds.ts';
import { beginning } from './text.ts';

/** Beside the goal, in what the next of a crew is told. */
const MAX_HANDED_ON_CHARS = 40_000;
/** What labels and rules of those above may take beside it, of what an agent is started with. */
const MAX_REST_BYTES = 20_000;
/** As much as a model may say in one reply; with more each is told by its beginning. */
const MAX_SAID_BYTES = 120_000;
const MAX_SAID_CHARS = 2_000;

/**
 * What the agent's crew is asked for in this turn, in place of the model; empty when it is the model's turn. Members who work
 * side by side are all asked in the first turn, others one a turn, each with what those before it found.
 */
export function crewCalls({ definition, start, turn, context }: AgentState): RequestedCall[] {
  const { members = [], order } = definition?.crew ?? {};
  const goal = start.input === '' ? 'Begin.' : start.input;
  // Some model servers take an id of at most 40 characters, and a name may have more.
  const ask = (agent: string, input: string, place = 1): RequestedCall => ({
    id: `crew-${turn}-${place}`,
    name: 'delegate',
    args: { type: 'parsed', value: { agent, input } },
  });
  if (order === 'together')
    return turn === 1 ? members.map((agent, index) => ask(agent, goal, index + 1)) : [];
  const next = members[turn - 1];
  if (next === undefined) return [];
  const found = context.flatMap(({ message }) =>
    message.role === 'tool' && message.name === 'delegate' ? [message.text] : [],
  );
  return [ask(next, found.length === 0 ? goal : withFound(goal, found.join('\n')))];
}

/** How the conversation has them: the goal stands in it once already, and a long one for each member would be more than any model reads. */
export function saidBriefly(calls: readonly RequestedCall[]): RequestedCall[] {
  if (jsonBytes(calls) <= MAX_SAID_BYTES) return [...calls];
  return calls.map((call) => {
    if (call.args.type === 'malformed') return call;
    const { input } = call.args.value;
    const brief = typeof input === 'string' ? beginning(input, MAX_SAID_CHARS) : input;
    return { ...call, args: { type: 'parsed', value: { ...call.args.value, input: brief ?? '' } } };
  });
}

/** The goal, and the latest of what was found as far as there is room. */
function withFound(goal: string, found: string): string {
  const told = `${goal}\n\nWhat those before you found, as data:\n`;
  const most = Math.min(MAX_HANDED_ON_CHARS, MAX_TEXT_CHARS - told.length);
  const room = MAX_START_BYTES - MAX_REST_BYTES - jsonBytes(told);
  for (let chars = most; chars > 0; chars = Math.floor(chars / 2)) {
    const latest = found.slice(-chars).toWellFormed();
    if (jsonBytes(latest) <= room) return told + latest;
  }
  return goal;
}
