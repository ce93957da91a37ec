import { textOf, toolNames, type ChatMessage, type ChatRequest } from '../chat-request.ts';
import { outcomeOf, type Outcome } from './outcome.ts';

/** A tool call of the conversation and what came of it. */
export interface PastCall {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** Equal for calls of the same tool with the same arguments. */
  readonly key: string;
  /** Where the assistant message with this call stands. */
  readonly at: number;
  outcome: Outcome | undefined;
}

/** What the rules know: the request, in words of their own. Nothing else reaches them. */
export interface Conversation {
  /** The system messages: the agent's instructions. */
  readonly instructions: string;
  /** The first user message. */
  readonly goal: string;
  /** The request being worked on: the goal, or the message that came after the last one was answered. */
  readonly task: string;
  /** The task and every user message after it. */
  readonly requests: readonly string[];
  /** Position from which calls belong to the task. */
  readonly taskFrom: number;
  /** User messages that came since the model last spoke, without the one that is the task itself. */
  readonly news: readonly string[];
  /** All user messages. */
  readonly said: readonly string[];
  readonly offered: ReadonlySet<string>;
  readonly calls: readonly PastCall[];
  /** Whether the model has spoken before. */
  readonly begun: boolean;
}

/** Parses a request into the neutral view that the rules read. */
export function conversationOf(request: ChatRequest): Conversation {
  const { messages } = request;
  const users = messages.flatMap((message, at) =>
    message.role === 'user' ? [{ at, text: textOf(message) }] : [],
  );
  const calls = callsOf(messages);
  const goal = users[0]?.text ?? '';
  const spoke = messages.findLastIndex((message) => message.role === 'assistant');
  const { text: task, at: taskFrom } = currentTask(messages, users, calls);
  return {
    instructions: spoken(messages, isSystem),
    goal,
    task,
    requests: users.filter(({ at }) => at >= taskFrom).map(({ text }) => text),
    taskFrom,
    news: users.filter(({ at }) => at > spoke && at !== taskFrom).map(({ text }) => text),
    said: users.map(({ text }) => text),
    offered: new Set(toolNames(request)),
    calls,
    begun: spoke >= 0,
  };
}

/** The calls that belong to the task, as opposed to one that was already answered. */
export function taskCalls(conversation: Conversation, name: string): PastCall[] {
  return conversation.calls.filter((call) => call.name === name && call.at >= conversation.taskFrom);
}

function isSystem(message: ChatMessage): boolean {
  return message.role === 'system' || message.role === 'developer';
}

function spoken(messages: readonly ChatMessage[], chosen: (message: ChatMessage) => boolean): string {
  return messages.filter(chosen).map(textOf).join('\n');
}

/**
 * A request ends with a reply that calls no tool, or with a `finish` that worked. The first user message after the
 * last such end is the task; before any end it is the goal.
 */
function currentTask(
  messages: readonly ChatMessage[],
  users: readonly { at: number; text: string }[],
  calls: readonly PastCall[],
): { text: string; at: number } {
  const finished = new Set(
    calls.flatMap((call) => (call.name === 'finish' && call.outcome?.ok ? [call.at] : [])),
  );
  const end = messages.findLastIndex(
    (message, at) =>
      message.role === 'assistant' && ((message.tool_calls ?? []).length === 0 || finished.has(at)),
  );
  const next = users.find(({ at }) => at > end);
  return next ?? users.at(-1) ?? { text: '', at: 0 };
}

function callsOf(messages: readonly ChatMessage[]): PastCall[] {
  const calls: PastCall[] = [];
  const open = new Map<string, PastCall>();
  for (const [at, message] of messages.entries()) {
    for (const { id, function: asked } of message.tool_calls ?? []) {
      const args = argumentsOf(asked.arguments);
      const call: PastCall = {
        name: asked.name,
        args,
        key: callKey(asked.name, args),
        at,
        outcome: undefined,
      };
      calls.push(call);
      // An id that is used again means the newer call: answers come right after their calls.
      open.set(id, call);
    }
    if (message.role === 'tool') {
      const call = open.get(message.tool_call_id ?? '');
      if (call !== undefined) call.outcome = outcomeOf(textOf(message));
    }
  }
  return calls;
}

/** The same text for the same call, in whatever order its arguments stand. */
export function callKey(name: string, args: Readonly<Record<string, unknown>>): string {
  const ordered = Object.entries(args).sort(([left], [right]) => (left < right ? -1 : 1));
  return `${name} ${JSON.stringify(ordered)}`;
}

function argumentsOf(text: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
  } catch {
    return {};
  }
}
