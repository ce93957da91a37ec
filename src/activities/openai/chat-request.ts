import type { OpenAI } from 'openai';
import type { ModelMessage, RequestedCall } from '../../contracts/model.ts';
import type { ModelQuestion } from '../ports.ts';
import type { Dialect } from './dialect.ts';

type ChatMessage = OpenAI.Chat.ChatCompletionMessageParam;
type ChatRequest = OpenAI.Chat.ChatCompletionCreateParams;

/** What servers accept as the name of a function; an invented name must not make the whole conversation unacceptable. */
const notInNames = /[^a-zA-Z0-9_-]/g;
const MAX_NAME_CHARACTERS = 64;

/** The question in the words of Chat Completions, as this server understands them. */
export function chatRequest(question: ModelQuestion, dialect: Dialect): ChatRequest {
  const limit = Math.min(question.maxOutputTokens, dialect.maxOutputTokens, dialect.roomForOutput);
  return {
    model: question.model,
    messages: question.messages.map(rendered),
    // An empty list is refused by some servers.
    ...(question.tools.length === 0 ? {} : { tools: question.tools.map(chatTool) }),
    [dialect.limit]: limit,
    ...(dialect.stream ? { stream: true } : {}),
    ...(dialect.stream && dialect.streamOptions ? { stream_options: { include_usage: true } } : {}),
  };
}

function chatTool({
  name,
  description,
  parameters,
}: ModelQuestion['tools'][number]): OpenAI.Chat.ChatCompletionTool {
  return { type: 'function', function: { name, description, parameters } };
}

/** A conversation is sent again with every turn, and its messages never change: each is put into words once. */
const known = new WeakMap<ModelMessage, ChatMessage>();

function rendered(message: ModelMessage): ChatMessage {
  const before = known.get(message);
  if (before) return before;
  const made = chatMessage(message);
  known.set(message, made);
  return made;
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

/** Arguments that were not JSON are echoed as none: many servers parse them, and the result already says what was wrong. */
function chatCall({ id, name, args }: RequestedCall): OpenAI.Chat.ChatCompletionMessageFunctionToolCall {
  const echoed = args.type === 'parsed' ? JSON.stringify(args.value) : '{}';
  const safeName = name.replace(notInNames, '_').slice(0, MAX_NAME_CHARACTERS);
  return { id, type: 'function', function: { name: safeName || '_', arguments: echoed } };
}
