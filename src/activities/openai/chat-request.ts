import type { OpenAI } from 'openai';
import type { ModelMessage, RequestedCall } from '../../contracts/model.ts';
import type { ModelQuestion } from '../ports.ts';
import type { Dialect } from './dialect.ts';

type ChatMessage = OpenAI.Chat.ChatCompletionMessageParam;
type ChatTool = OpenAI.Chat.ChatCompletionTool;
type ChatRequest = OpenAI.Chat.ChatCompletionCreateParams;

/** What servers accept as the name of a function; an invented name must not make the whole conversation unacceptable. */
const notInNames = /[^a-zA-Z0-9_-]/g;
const MAX_NAME_CHARACTERS = 64;

/**
 * The question in the words of Chat Completions, as this server understands them: the body of the request in UTF-8. It is put
 * together from pieces that are kept, because a conversation is sent again with every turn and only grows at its end: to
 * put all of it into JSON anew would make each turn dearer than the one before.
 */
export function chatRequest(question: ModelQuestion, dialect: Dialect): Uint8Array {
  const limit = Math.min(question.maxOutputTokens, dialect.maxOutputTokens, dialect.roomForOutput);
  const settings: Omit<ChatRequest, 'messages' | 'tools'> = {
    model: question.model,
    [dialect.limit]: limit,
    ...(dialect.stream ? { stream: true } : {}),
    ...(dialect.stream && dialect.streamOptions ? { stream_options: { include_usage: true } } : {}),
  };
  const encoded = encodedMessage[dialect.thoughts];
  const pieces = question.messages.flatMap((message, index) =>
    index === 0 ? [encoded(message)] : [comma, encoded(message)],
  );
  return Buffer.concat([
    Buffer.from(JSON.stringify(settings).slice(0, -1)),
    // An empty list is refused by some servers.
    ...(question.tools.length === 0 ? [] : [Buffer.from(',"tools":'), encodedTools(question.tools)]),
    Buffer.from(',"messages":['),
    ...pieces,
    Buffer.from(']}'),
  ]);
}

const comma = Buffer.from(',');

function encode(value: ChatMessage | ChatTool[]): Buffer {
  return Buffer.from(JSON.stringify(value));
}

/** Calls `make` once for each object: what is asked about never changes. */
function keptFor<Key extends object>(make: (key: Key) => Buffer): (key: Key) => Buffer {
  const kept = new WeakMap<Key, Buffer>();
  return (key) => {
    const before = kept.get(key);
    if (before) return before;
    const made = make(key);
    kept.set(key, made);
    return made;
  };
}

const encodedMessage = {
  none: keptFor((message: ModelMessage) => encode(chatMessage(message))),
  reasoning_content: keptFor((message: ModelMessage) => encode(withThoughts(chatMessage(message)))),
  thought_signature: keptFor((message: ModelMessage) => encode(withSignatures(chatMessage(message)))),
};
const encodedTools = keptFor((tools: ModelQuestion['tools']) => encode(tools.map(chatTool)));

function chatTool({ name, description, parameters }: ModelQuestion['tools'][number]): ChatTool {
  return { type: 'function', function: { name, description, parameters } };
}

function chatMessage(message: ModelMessage): ChatMessage {
  switch (message.role) {
    case 'system':
      return { role: 'system', content: message.text };
    case 'user':
      return { role: 'user', content: message.text };
    case 'tool':
      return { role: 'tool', tool_call_id: message.callId, content: message.text };
    case 'assistant': {
      if (message.calls.length === 0) return { role: 'assistant', content: message.text };
      return { role: 'assistant', content: message.text || null, tool_calls: message.calls.map(chatCall) };
    }
  }
}

/** Thoughts are not kept for the model: such servers take none for those of a reply that came without. */
function withThoughts(message: ChatMessage): ChatMessage & { reasoning_content?: string } {
  return message.role === 'assistant' ? { ...message, reasoning_content: '' } : message;
}

/** The word by which Google's models take calls of which nobody has kept the signature. */
const NO_SIGNATURE = { google: { thought_signature: 'skip_thought_signature_validator' } };

function withSignatures(message: ChatMessage): ChatMessage {
  if (message.role !== 'assistant' || message.tool_calls === undefined) return message;
  return {
    ...message,
    tool_calls: message.tool_calls.map((call) => ({ ...call, extra_content: NO_SIGNATURE })),
  };
}

/** Arguments that were not JSON are echoed as none: many servers parse them, and the result already says what was wrong. */
function chatCall({ id, name, args }: RequestedCall): OpenAI.Chat.ChatCompletionMessageFunctionToolCall {
  const echoed = args.type === 'parsed' ? JSON.stringify(args.value) : '{}';
  const safeName = name.replace(notInNames, '_').slice(0, MAX_NAME_CHARACTERS);
  return { id, type: 'function', function: { name: safeName || '_', arguments: echoed } };
}
