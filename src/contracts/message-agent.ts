import * as z from 'zod';
import { ExternalEvent, Message } from './messages.ts';
import { ScheduledEvent } from './schedule.ts';
import { AgentStart } from './start.ts';
import { WorkflowId } from './workflow-id.ts';

/** The workflow with which a schedule, which can only start workflows, speaks to an agent. */
export const MESSAGE_WORKFLOW_TYPE = 'messageAgent';

/** Its change that older histories don't know: an agent that is there is asked, rather than told by a signal, which it may refuse unheard. */
export const ASKING_CHANGE = 'messages-are-answered';

/** The one argument of `messageAgent`. */
export const MessageAgent = z
  .strictObject({
    /** Id of the agent. */
    agent: WorkflowId,
    text: Message.shape.text.optional(),
    event: ScheduledEvent.optional(),
    by: Message.shape.by.default('schedule'),
    /** Makes it safe to send twice; by default the id of the workflow, which of a schedule names the scheduled time. */
    id: ExternalEvent.shape.id,
    /** Starts the agent like this if it is not there. */
    start: AgentStart.optional(),
  })
  .refine(({ text, event }) => (text === undefined) !== (event === undefined), {
    message: 'a text or an event, one of them',
  });
export type MessageAgent = z.output<typeof MessageAgent>;
export type MessageAgentInput = z.input<typeof MessageAgent>;

export interface MessageSent {
  readonly agent: string;
  /** The id of the message or event. */
  readonly id: string;
  /** Whether the agent had to be started for it. */
  readonly started: boolean;
}

/** An agent as it was found: all of its runs, by the first of them, and the one that it was in. */
export const AgentLife = z.object({ firstRun: z.string(), run: z.string() });
export type AgentLife = z.infer<typeof AgentLife>;

/** Without a life there is no agent that is open. */
export const FoundAgent = z.object({ life: AgentLife.optional() });
export type FoundAgent = z.infer<typeof FoundAgent>;

/** A message or event for one life of an agent, and for no other that has its id later. */
export interface Delivery {
  readonly agent: string;
  readonly life: AgentLife;
  readonly name: 'message' | 'event';
  readonly payload: { readonly id: string };
  /** Another agent is started when this one has ended, so that it is no refusal if this one reads no more. */
  readonly isReplaced: boolean;
}

/** `ended`: without having got it. */
export const DeliveryOutcome = z.enum(['taken', 'ended']);
export type DeliveryOutcome = z.infer<typeof DeliveryOutcome>;
