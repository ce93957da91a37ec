import * as z from 'zod';
import type { ContextEntry } from '../../src/contracts/state.ts';
import { historyOf, stepsIn } from './evidence.ts';
import { itemOf } from './items.ts';
import type { Life } from './life.ts';
import type { AgentEvidence, ToldCall } from './oracle.ts';
import type { People } from './people.ts';
import type { World } from './world.ts';

const decisionCause = /^(approve|edit|reject|respond|ignore) ([^\s:]+)/;
const Told = z.union([
  z.object({ ok: z.literal(true), result: z.unknown() }),
  z.object({ ok: z.literal(false), error: z.object({ type: z.string() }) }),
]);
const DoneByPerson = z.object({ doneBy: z.string() });

/** Gathers what is known of an agent, undisturbed by any fault: its own story, its histories, and what really happened. */
export async function collect(world: World, life: Life, people: People): Promise<AgentEvidence> {
  const { agent } = life;
  const status = await world.observer.status(agent);
  const { entries } = await world.observer.transcript(agent);
  const { transitions } = await world.observer.transitions(agent);
  return {
    agent,
    status: status.status,
    waitsFor: status.interruptions.map(({ kind }) => kind),
    steps: stepsIn(await historyOf(world.client, agent)),
    planned: life.steps.flatMap((step, number) => step.map((_call, index) => `s${number}-${index}`)),
    ...conversationOf(entries),
    effects: world.effectsOf(agent),
    messages: people.messages,
    decisions: people.decisions,
    approvals: [...people.approvals.values()],
    followed: transitions.flatMap(({ cause }) => {
      const [, decision, approval] = decisionCause.exec(cause) ?? [];
      return decision === undefined || approval === undefined ? [] : [{ approval, decision }];
    }),
  };
}

function conversationOf(entries: readonly ContextEntry[]): Pick<AgentEvidence, 'asked' | 'told' | 'heard'> {
  const items = new Map<string, string | undefined>();
  const told: ToldCall[] = [];
  const heard: string[] = [];
  for (const { message } of entries) {
    if (message.role === 'assistant') {
      for (const { id, args } of message.calls)
        items.set(id, args.type === 'parsed' ? itemOf(args.value) : undefined);
    } else if (message.role === 'tool') {
      told.push({ callId: message.callId, item: items.get(message.callId), ...resultOf(message.text) });
    } else if (message.role === 'user' && message.text.startsWith('Message from ')) {
      heard.push(/<([^>]+)>/.exec(message.text)?.[1] ?? message.text);
    }
  }
  return { asked: [...items.keys()], told, heard };
}

function resultOf(text: string): Pick<ToldCall, 'ok' | 'byPerson' | 'errorType'> {
  const outcome = Told.parse(JSON.parse(text));
  if (!outcome.ok) return { ok: false, byPerson: false, errorType: outcome.error.type };
  return { ok: true, byPerson: DoneByPerson.safeParse(outcome.result).success, errorType: undefined };
}
