import type { ModelPort, ModelQuestion } from '../../activities/ports.ts';
import type { ModelReply } from '../../contracts/model.ts';
import type { SpanAttributes } from '../../contracts/trace.ts';
import type { Tracer } from '../../telemetry/tracer.ts';

/** Content of a span beyond this is cut: exporters and collectors have limits of their own, and drop what is over them. */
const MAX_CONTENT_CHARS = 20_000;

/** A span for each call that goes out to a model, by the GenAI conventions of OpenTelemetry. */
export function tracedModel(model: ModelPort, tracer: Tracer, server: URL | undefined): ModelPort {
  return {
    reply: (question, call) =>
      tracer.inSpan(
        {
          name: `chat ${question.model}`,
          kind: 'client',
          attributes: {
            'gen_ai.operation.name': 'chat',
            // All servers here speak its protocol, whoever runs them.
            'gen_ai.provider.name': 'openai',
            'gen_ai.request.model': question.model,
            'gen_ai.request.max_tokens': question.maxOutputTokens,
            ...serverAttributes(server),
            ...(tracer.content ? askedContent(question) : {}),
          },
        },
        async (span) => {
          const reply = await model.reply(question, call);
          span.set({ ...replyAttributes(reply), ...(tracer.content ? repliedContent(reply) : {}) });
          return reply;
        },
      ),
  };
}

function serverAttributes(server: URL | undefined): SpanAttributes {
  if (server === undefined) return { 'server.address': 'api.openai.com' };
  const { hostname, port } = server;
  return { 'server.address': hostname, ...(port === '' ? {} : { 'server.port': Number(port) }) };
}

function replyAttributes({ model, finishReason, usage, calls }: ModelReply): SpanAttributes {
  return {
    'gen_ai.response.model': model,
    'gen_ai.response.finish_reasons': [finishReason],
    'gen_ai.usage.input_tokens': usage.inputTokens,
    'gen_ai.usage.output_tokens': usage.outputTokens,
    'perdure.usage.usd': usage.usd,
    'perdure.usage.estimated': usage.estimated,
    'perdure.calls': calls.length,
  };
}

function askedContent({ messages, tools }: ModelQuestion): SpanAttributes {
  return {
    'gen_ai.input.messages': cut(messages.map((message) => messageOf(message))),
    'gen_ai.tool.definitions': cut(
      tools.map(({ name, description }) => ({ type: 'function', name, description })),
    ),
  };
}

function messageOf(message: ModelQuestion['messages'][number]): object {
  if (message.role !== 'tool')
    return { role: message.role, parts: [{ type: 'text', content: message.text }] };
  return {
    role: 'tool',
    parts: [{ type: 'tool_call_response', id: message.callId, response: message.text }],
  };
}

function repliedContent({ text, calls, finishReason }: ModelReply): SpanAttributes {
  const asked = calls.map(({ id, name, args }) => ({
    ...{ type: 'tool_call', id, name },
    arguments: args.type === 'parsed' ? args.value : args.text,
  }));
  const parts = [...(text === '' ? [] : [{ type: 'text', content: text }]), ...asked];
  return { 'gen_ai.output.messages': cut([{ role: 'assistant', parts, finish_reason: finishReason }]) };
}

function cut(value: unknown): string {
  return JSON.stringify(value).slice(0, MAX_CONTENT_CHARS);
}
