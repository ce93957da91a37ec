import * as z from 'zod';
import { Json } from './json.ts';

/** What differs in a turn of two agents, part by part. */
export const TurnPart = z.object({
  /**
   * `messages`: what was read for the turn; `reply`: the model's words; `calls`: what it asked for, and what people made of
   * that; `results`: what it was told of them.
   */
  part: z.enum(['instructions', 'messages', 'reply', 'calls', 'results', 'end']),
  one: Json,
  other: Json,
});
export type TurnPart = z.infer<typeof TurnPart>;

/** A turn of either agent, or of both, that is not the same; without a number where the other has no such turn. */
export const DifferentTurn = z.object({
  one: z.int().optional(),
  other: z.int().optional(),
  parts: z.array(TurnPart),
});
export type DifferentTurn = z.infer<typeof DifferentTurn>;

/** Where two agents part. */
export const AgentDifference = z.object({
  one: z.string(),
  other: z.string(),
  /** How many turns are the same before the first that is not. */
  same: z.int(),
  /** The turn at which they part; absent if they never do. */
  parting: DifferentTurn.optional(),
  /** Turns from there on, aligned: those that are the same are left out, and only so many are told. */
  turns: z.array(DifferentTurn),
  /** More turns differ than are told. */
  more: z.boolean(),
});
export type AgentDifference = z.infer<typeof AgentDifference>;
