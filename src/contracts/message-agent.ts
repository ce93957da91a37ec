import * as z from 'zod';
import { ExternalEvent, Message } from './messages.ts';
import { ScheduledEvent } from './schedule.ts';
import { AgentStart } from './start.ts';
import { WorkflowId } from './workflow-id.ts';

/** The workflow with which a schedule, which can only start workflows, speaks to an agent. */
export const MESSAGE_WORKFLOW_TYPE = 'messageAgent';

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
