import type { ModelReply } from '../model-answer.ts';
import { callKey, taskCalls, type Conversation } from './conversation.ts';

/** Where a goal is written down unless it names a file itself. */
const USUAL_PATH = 'notes/goal.md';
/** Lines of a task that are carried out as calls, at most. */
const MAX_COMMANDS = 50;
/** Longest part of a task that is repeated. */
const MAX_QUOTE_CHARS = 300;

/**
 * What the rules do for an agent that they know no job for: carry out lines of the task like
 * `call <tool> {"argument": "value"}` one after the other, else note the task and write it to a file, then end.
 * Everything needs its tool to be offered; with no tools there is only an answer.
 */
export function plainJob(conversation: Conversation): ModelReply {
  const commands = commandsIn(conversation);
  return (
    nextCommand(conversation, commands) ??
    (commands.length === 0 ? nextHabit(conversation) : undefined) ??
    ending(conversation, commands.length)
  );
}

interface Command {
  readonly name: string;
  readonly args: Record<string, unknown>;
}

function commandsIn(conversation: Conversation): Command[] {
  return conversation.requests
    .flatMap((text) => text.split('\n'))
    .flatMap((line) => {
      const match = /^\s*call\s+([\w-]+)\s*(\{.*\})?\s*$/.exec(line);
      const args = match === null ? undefined : parsedObject(match[2] ?? '{}');
      return args === undefined ? [] : [{ name: match?.[1] ?? '', args }];
    })
    .slice(0, MAX_COMMANDS);
}

function nextCommand(conversation: Conversation, commands: readonly Command[]): ModelReply | undefined {
  const made = conversation.calls.filter((call) => call.at >= conversation.taskFrom).map((call) => call.key);
  for (const { name, args } of commands) {
    const before = made.indexOf(callKey(name, args));
    // A line that is there twice is carried out twice.
    if (before >= 0) made.splice(before, 1);
    else return { text: `The task says to call ${name}, so I do.`, toolCalls: [{ name, arguments: args }] };
  }
  return undefined;
}

function nextHabit(conversation: Conversation): ModelReply | undefined {
  const { task } = conversation;
  const isOpen = (name: string): boolean =>
    conversation.offered.has(name) && taskCalls(conversation, name).length === 0;
  if (isOpen('note')) {
    return {
      text: 'I note what I was asked to do.',
      toolCalls: [{ name: 'note', arguments: { text: quote(task) } }],
    };
  }
  if (isOpen('write_file')) {
    const path = /(?:[\w-]+\/)*[\w-]+\.(?:md|txt|json|csv)\b/.exec(task)?.[0] ?? USUAL_PATH;
    return {
      text: `I write it down in ${path}.`,
      toolCalls: [{ name: 'write_file', arguments: { path, content: `${task}\n` } }],
    };
  }
  return undefined;
}

function ending(conversation: Conversation, commands: number): ModelReply {
  const did =
    commands > 0 ? `carried out the ${commands} calls of the task` : 'did with my tools what my rules know';
  const can = conversation.offered.size === 0 ? 'have no tools here' : did;
  const text = `I am a simulator, hand-written rules and no language model. I ${can}. The task was: ${quote(conversation.task)}`;
  const failed = taskCalls(conversation, 'finish').length > 0;
  if (failed || !conversation.offered.has('finish')) return { text };
  const failures = conversation.calls.filter(
    (call) => call.at >= conversation.taskFrom && call.outcome?.ok === false,
  );
  const result = { summary: text, failedCalls: failures.length };
  return { text, toolCalls: [{ name: 'finish', arguments: { result } }] };
}

function quote(text: string): string {
  return text.length <= MAX_QUOTE_CHARS ? text : `${text.slice(0, MAX_QUOTE_CHARS)}…`;
}

function parsedObject(text: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : undefined;
  } catch {
    return undefined;
  }
}
