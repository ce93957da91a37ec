import * as z from 'zod';
import { JsonObject } from './json.ts';
import { EffectClass } from './tool.ts';

/** What happened after the moment that an agent goes back to. Effects stay done; the rest is forgotten. */
export const Undone = z.object({
  effects: z.array(
    z.object({ turn: z.int(), tool: z.string(), effect: EffectClass, args: JsonObject, key: z.string() }),
  ),
  /** Decisions on approvals, and leave given ahead. */
  decisions: z.array(z.object({ at: z.iso.datetime(), by: z.string(), what: z.string() })),
  /** Everything else that people and systems told the agent. */
  messages: z.int(),
  /** Agents below it that were started since and are still at work. */
  children: z.array(z.string()),
});
export type Undone = z.infer<typeof Undone>;

/** Whether nothing of what happened since would be missed. */
export function isNothing({ effects, decisions, messages }: Undone): boolean {
  return effects.length === 0 && decisions.length === 0 && messages === 0;
}

/** An agent that went back: it goes on in this run. */
export const Rewound = z.object({ agent: z.string(), runId: z.string(), turn: z.int(), undone: Undone });
export type Rewound = z.infer<typeof Rewound>;
