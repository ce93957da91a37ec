import * as z from 'zod';
import { type ChatRequest, textOf } from '../../src/simulator/chat-request.ts';
import type { ModelReply } from '../../src/simulator/model-answer.ts';

const Call = z.object({ tool: z.string(), args: z.record(z.string(), z.unknown()) });

/** What an agent of the suite is to do, turn by turn; it is the agent's input, so that the model finds it in what it is told. */
export const Life = z.object({ agent: z.string(), steps: z.array(z.array(Call)) });
export type Life = z.infer<typeof Life>;

/** The id of a call says which step of the life asked for it; a faulty reply has other ids. */
const stepOf = (callId: string): number => Number(/^s(\d+)-\d+$/.exec(callId)?.[1] ?? -1);

/**
 * The model of the suite. Its reply follows from the conversation alone, so a request that is repeated after a crash gets the
 * same reply; a reply that was lost or broken on the way is simply made again.
 */
export function replyTo(request: ChatRequest): ModelReply {
  const life = lifeIn(request);
  const asked = request.messages.flatMap(({ tool_calls: calls }) => calls ?? []).map(({ id }) => stepOf(id));
  const next = Math.max(-1, ...asked) + 1;
  const step = life.steps[next];
  if (step) {
    return {
      toolCalls: step.map(({ tool, args }, index) => ({
        id: `s${next}-${index}`,
        name: tool,
        arguments: args,
      })),
    };
  }
  const id = `f${request.messages.length}`;
  return { toolCalls: [{ id, name: 'finish', arguments: { result: 'lived' } }] };
}

/** The life that a request is about. */
export function lifeIn({ messages }: ChatRequest): Life {
  const goal = messages.find(({ role }) => role === 'user');
  if (!goal) throw new Error('there is no goal in the conversation');
  return Life.parse(JSON.parse(textOf(goal)));
}
