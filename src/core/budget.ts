import type { AgentState, Limits } from '../contracts/state.ts';
import type { ExtendBudget } from '../contracts/messages.ts';
import type { Usage } from '../contracts/model.ts';
import { durationMs } from '../contracts/duration.ts';
import { CHARS_PER_TOKEN, MAX_OUTPUT_TOKENS, MIN_OUTPUT_TOKENS } from './bounds.ts';

/** The most the next reply may use, in tokens; 0 when too little is left to ask the model at all. */
export function affordableOutput(state: AgentState): number {
  if (state.limits.tokens === undefined) return MAX_OUTPUT_TOKENS;
  const used = state.usage.inputTokens + state.usage.outputTokens;
  const nextInput = Math.ceil(state.contextSize / CHARS_PER_TOKEN);
  const left = state.limits.tokens - used - nextInput;
  return left < MIN_OUTPUT_TOKENS ? 0 : Math.min(left, MAX_OUTPUT_TOKENS);
}

/** Why the next model call is not affordable; undefined when it is. */
export function budgetShortage(state: AgentState, at: number): string | undefined {
  const { limits, usage } = state;
  if (at >= limits.deadlineAt) return `the deadline ${new Date(limits.deadlineAt).toISOString()} has passed`;
  if (usage.turns >= limits.turns) return `all ${limits.turns} turns are used`;
  if (limits.usd !== undefined && usage.usd >= limits.usd) return `$${limits.usd} are spent`;
  if (affordableOutput(state) === 0) {
    return `${usage.inputTokens + usage.outputTokens} of ${limits.tokens ?? 0} tokens are used and the next call needs more than is left`;
  }
  return undefined;
}

export function addUsage(state: AgentState, usage: Usage): AgentState {
  return {
    ...state,
    usage: {
      turns: state.usage.turns + 1,
      inputTokens: state.usage.inputTokens + usage.inputTokens,
      outputTokens: state.usage.outputTokens + usage.outputTokens,
      usd: state.usage.usd + usage.usd,
    },
  };
}

/** Adds to the limits. A limit that does not exist stays so; the deadline moves on from now if it has passed. */
export function extendLimits(limits: Limits, more: ExtendBudget, at: number): Limits {
  return {
    turns: limits.turns + (more.turns ?? 0),
    ...(limits.tokens === undefined ? {} : { tokens: limits.tokens + (more.tokens ?? 0) }),
    ...(limits.usd === undefined ? {} : { usd: limits.usd + (more.usd ?? 0) }),
    deadlineAt:
      more.deadline === undefined
        ? limits.deadlineAt
        : Math.max(limits.deadlineAt, at) + durationMs(more.deadline),
  };
}
