import * as z from 'zod';
import { Parentage } from './child.ts';
import { Budget } from './definition.ts';
import { Fork } from './fork.ts';

/** The goal or a message may be a page of text; a document belongs in the workspace. */
export const MAX_TEXT_CHARS = 100_000;

/** Names of who asks and acts, people's or agents'. Ids of agents may be longer: Temporal takes a thousand characters. */
export const MAX_ACTOR_CHARS = 200;

/** An agent as one who asks or acts. */
export function actorName(agentId: string): string {
  return agentId.slice(0, MAX_ACTOR_CHARS).toWellFormed();
}

/** What an agent keeps in its memo of the call or request that started it, where a repeat finds it. */
export const STARTED_BY = 'startedBy';

/** The one argument of `persistentAgent`, as people write it on a command line. */
export const AgentStart = z.strictObject({
  agent: z.string().min(1).max(64),
  input: z.string().max(MAX_TEXT_CHARS).default(''),
  requester: z.string().min(1).max(MAX_ACTOR_CHARS).optional(),
  model: z.string().min(1).max(200).optional(),
  budget: Budget.optional(),
  labels: z.record(z.string().max(100), z.string().max(500)).default({}),
  /** Set by an agent that delegates. */
  parent: Parentage.optional(),
  /** The agent begins where another one was. */
  fork: Fork.optional(),
});
export type AgentStart = z.output<typeof AgentStart>;
export type AgentStartInput = z.input<typeof AgentStart>;
