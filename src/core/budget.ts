import type { AgentState, Limits } from '../contracts/state.ts';
import type { UsageTotal } from '../contracts/usage.ts';
import type { BudgetExtension } from '../contracts/messages.ts';
import type { Usage } from '../contracts/model.ts';
import { durationMs } from '../contracts/duration.ts';
import { CHARS_PER_TOKEN, MAX_OUTPUT_TOKENS, MIN_OUTPUT_TOKENS } from './bounds.ts';
import { livingChildren } from './living-children.ts';

export const nothingUsed: UsageTotal = { turns: 0, inputTokens: 0, outputTokens: 0, usd: 0 };

/** What the agent has used, and what those it delegated to may yet use. */
function taken(state: AgentState): { turns: number; tokens: number; usd: number } {
  const { usage } = state;
  const total = { turns: usage.turns, tokens: usage.inputTokens + usage.outputTokens, usd: usage.usd };
  for (const { share } of livingChildren(state)) {
    total.turns += share.turns;
    total.tokens += share.tokens ?? 0;
    total.usd += share.usd ?? 0;
  }
  return total;
}

export interface Remaining {
  readonly turns: number;
  readonly tokens?: number;
  readonly usd?: number;
  readonly deadlineAt: number;
}

/** What is left of the agent's budget to be used by itself or to be given away. */
export function remaining(state: AgentState): Remaining {
  const { turns, tokens, usd, deadlineAt } = state.limits;
  const used = taken(state);
  return {
    turns: turns - used.turns,
    ...(tokens === undefined ? {} : { tokens: tokens - used.tokens }),
    ...(usd === undefined ? {} : { usd: usd - used.usd }),
    deadlineAt,
  };
}

/** The most the next reply may use, in tokens; 0 when too little is left to ask the model at all. */
export function affordableOutput(state: AgentState): number {
  if (state.limits.tokens === undefined) return MAX_OUTPUT_TOKENS;
  const nextInput = Math.ceil(state.contextSize / CHARS_PER_TOKEN);
  const left = state.limits.tokens - taken(state).tokens - nextInput;
  return left < MIN_OUTPUT_TOKENS ? 0 : Math.min(left, MAX_OUTPUT_TOKENS);
}

/** Why the next model call is not affordable; undefined when it is. */
export function budgetShortage(state: AgentState, at: number): string | undefined {
  const { limits } = state;
  const out = exhausted(state, at);
  if (out.deadline) return `the deadline ${new Date(limits.deadlineAt).toISOString()} has passed`;
  if (out.turns) return `all ${limits.turns} turns are used${givenAway(state)}`;
  if (out.usd) return `$${limits.usd ?? 0} are spent${givenAway(state)}`;
  if (out.tokens) {
    const used = taken(state);
    return `${used.tokens} of ${limits.tokens ?? 0} tokens are used${givenAway(state)} and the next call needs more than is left`;
  }
  return undefined;
}

/** What is given away comes back when those it was given to have ended. */
function givenAway(state: AgentState): string {
  const living = livingChildren(state).length;
  return living === 0 ? '' : ` or given to ${living} agents that are still at work`;
}

export function addTurn(state: AgentState, usage: Usage): AgentState {
  return addUsage(state, { ...usage, turns: 1 });
}

export function addUsage(state: AgentState, more: UsageTotal): AgentState {
  const { usage } = state;
  return {
    ...state,
    usage: {
      turns: usage.turns + more.turns,
      inputTokens: usage.inputTokens + more.inputTokens,
      outputTokens: usage.outputTokens + more.outputTokens,
      usd: usage.usd + more.usd,
    },
  };
}

/** Which limits keep the next model call from being made. */
export function exhausted(
  state: AgentState,
  at: number,
): Readonly<Record<'turns' | 'tokens' | 'usd' | 'deadline', boolean>> {
  const { limits } = state;
  const used = taken(state);
  return {
    turns: used.turns >= limits.turns,
    tokens: affordableOutput(state) === 0,
    usd: limits.usd !== undefined && used.usd >= limits.usd,
    deadline: at >= limits.deadlineAt,
  };
}

/** Greater sums can't be told apart, nor read again as whole numbers. */
function sum(limit: number, more = 0): number {
  return Math.min(limit + more, Number.MAX_SAFE_INTEGER);
}

/**
 * Adds to the limits. A limit that does not exist stays so, once the definition is known, which may have one; the deadline moves on from now if it has
 * passed.
 */
export function extendLimits({ limits, phase }: AgentState, more: BudgetExtension, at: number): Limits {
  const added = (kind: 'tokens' | 'usd'): { [Kind in typeof kind]?: number } => {
    const mayCome = phase === 'loading' && more[kind] !== undefined;
    return limits[kind] === undefined && !mayCome ? {} : { [kind]: sum(limits[kind] ?? 0, more[kind]) };
  };
  return {
    turns: sum(limits.turns, more.turns),
    ...added('tokens'),
    ...added('usd'),
    deadlineAt:
      more.deadline === undefined
        ? limits.deadlineAt
        : Math.max(limits.deadlineAt, at) + durationMs(more.deadline),
  };
}
