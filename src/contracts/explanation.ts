import * as z from 'zod';
import { Role } from './role.ts';
import { ApprovalItem, CallItem, MessageItem, ModelItem, WaitItem } from './timeline.ts';

/** The chain that led to a call, from what people wanted to what came of it. Each part is an item of the timeline. */
export const Explanation = z.object({
  agent: z.string(),
  /** As people name the call: its turn and its place in it, from 1. */
  call: z.string(),
  requester: z.string().optional(),
  requesterSignedInAs: Role.optional(),
  goal: z.string(),
  /** The last things that were said to the agent before, newest last. */
  messages: z.array(MessageItem),
  /** The reply that asked for the call; absent for a crew, which asks without a model. */
  model: ModelItem.optional(),
  item: CallItem,
  approvals: z.array(ApprovalItem),
  /** What the call waited for besides people. */
  waits: z.array(WaitItem),
});
export type Explanation = z.infer<typeof Explanation>;
