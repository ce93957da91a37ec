import type { McpPort } from '../../activities/ports.ts';
import type { SpanAttributes } from '../../contracts/trace.ts';
import type { Tracer } from '../../telemetry/tracer.ts';
import type { AnyTool } from '../../tools/define-tool.ts';
import { aroundMcp, aroundTools, type ToolRun } from './around-tools.ts';

/** As for the content of model calls. */
const MAX_CONTENT_CHARS = 20_000;

/** The same tools, with a span for each time that one runs. */
export function tracedTools(
  tools: ReadonlyMap<string, AnyTool>,
  tracer: Tracer,
): ReadonlyMap<string, AnyTool> {
  return aroundTools(tools, (about, run) => inToolSpan(tracer, about, run));
}

/** The same for tools of MCP servers. */
export function tracedMcp(mcp: McpPort, tracer: Tracer): McpPort {
  return aroundMcp(mcp, (about, run) => inToolSpan(tracer, about, run));
}

function inToolSpan<Result>(tracer: Tracer, call: ToolRun, run: () => Promise<Result>): Promise<Result> {
  return tracer.inSpan(
    { name: `execute_tool ${call.name}`, kind: 'internal', attributes: attributesOf(call, tracer.content) },
    async (span) => {
      const result = await run();
      if (tracer.content) span.set({ 'gen_ai.tool.call.result': cut(result) });
      return result;
    },
  );
}

function attributesOf({ name, effect, args, key }: ToolRun, content: boolean): SpanAttributes {
  // A key is <first run>/<turn>/<index>/<hash>.
  const index = Number(key.split('/')[2]);
  return {
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': name,
    'gen_ai.tool.type': 'function',
    'perdure.key': key,
    'perdure.effect': effect,
    ...(Number.isInteger(index) ? { 'perdure.call': index } : {}),
    ...(content ? { 'gen_ai.tool.call.arguments': cut(args) } : {}),
  };
}

function cut(value: unknown): string {
  // What has no JSON text is shown as nothing.
  return (JSON.stringify(value) as string | undefined)?.slice(0, MAX_CONTENT_CHARS) ?? '';
}
