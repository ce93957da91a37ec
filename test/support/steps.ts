import type { Client } from '@temporalio/client';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import * as z from 'zod';

/** A step as the history of an agent has it: which one, how often it was asked for, and how often it ended. */
export interface Step {
  readonly step: string;
  readonly scheduled: number;
  readonly completed: number;
}

const Argument = z.object({ turn: z.int(), index: z.int().optional(), contextHash: z.string().optional() });
const Facts = z.object({ type: z.literal('facts-changed') });

/**
 * Every model call and tool call of an agent's current run. A tool call whose facts changed did nothing and was judged
 * again, so it does not count as an end.
 */
export async function stepsOf(client: Client, agent: string): Promise<Step[]> {
  const { events } = await client.workflow.getHandle(agent).fetchHistory();
  const names = new Map<string, string>();
  const steps = new Map<string, { scheduled: number; completed: number }>();
  for (const event of events ?? []) {
    const asked = event.activityTaskScheduledEventAttributes;
    if (asked) {
      const name = nameOf(asked.activityType?.name ?? '', asked.input?.payloads?.[0]);
      names.set(String(event.eventId), name);
      const step = steps.get(name) ?? { scheduled: 0, completed: 0 };
      steps.set(name, { ...step, scheduled: step.scheduled + 1 });
    }
    const ended = event.activityTaskCompletedEventAttributes;
    if (ended && !Facts.safeParse(decoded(ended.result?.payloads?.[0])).success) {
      const name = names.get(String(ended.scheduledEventId)) ?? '';
      const step = steps.get(name) ?? { scheduled: 0, completed: 0 };
      steps.set(name, { ...step, completed: step.completed + 1 });
    }
  }
  return [...steps].map(([step, counts]) => ({ step, ...counts }));
}

function nameOf(type: string, payload: Payload | undefined | null): string {
  const argument = Argument.safeParse(decoded(payload));
  if (!argument.success) return type;
  const { turn, index } = argument.data;
  return index === undefined ? `${type} ${turn}` : `${type} ${turn}.${index}`;
}

function decoded(payload: Payload | undefined | null): unknown {
  return payload ? defaultPayloadConverter.fromPayload(payload) : undefined;
}
