import type { McpPort, ModelPort } from '../../activities/ports.ts';
import { type AnyTool, RateLimited, ToolUnavailable } from '../../tools/define-tool.ts';
import { aroundMcp, aroundTools, type ToolRun } from './around-tools.ts';
import type { Numbers } from './numbers.ts';

/** The same model, with its calls counted. */
export function countedModel(model: ModelPort, numbers: Numbers): ModelPort {
  return {
    reply: async (question, call) => {
      const startedAt = performance.now();
      const seconds = (): number => (performance.now() - startedAt) / 1_000;
      try {
        const reply = await model.reply(question, call);
        numbers.modelCall(question.model, seconds(), reply.usage);
        return reply;
      } catch (error) {
        numbers.modelCall(question.model, seconds(), { failure: failureOf(error) });
        throw error;
      }
    },
  };
}

/** The same tools, with their runs counted. */
export function countedTools(
  tools: ReadonlyMap<string, AnyTool>,
  numbers: Numbers,
): ReadonlyMap<string, AnyTool> {
  return aroundTools(tools, (about, run) => counted(numbers, about, run));
}

/** The same for tools of MCP servers. */
export function countedMcp(mcp: McpPort, numbers: Numbers): McpPort {
  return aroundMcp(mcp, (about, run) => counted(numbers, about, run));
}

async function counted<Result>(
  numbers: Numbers,
  { name, effect }: ToolRun,
  run: () => Promise<Result>,
): Promise<Result> {
  const startedAt = performance.now();
  const seconds = (): number => (performance.now() - startedAt) / 1_000;
  try {
    const result = await run();
    numbers.toolCall(name, effect, seconds(), undefined);
    return result;
  } catch (error) {
    numbers.toolCall(name, effect, seconds(), toolFailureOf(error));
    throw error;
  }
}

function toolFailureOf(error: unknown): string {
  if (error instanceof ToolUnavailable) return 'ToolUnavailable';
  return error instanceof RateLimited ? 'ToolRateLimited' : failureOf(error);
}

function failureOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'type' in error && typeof error.type === 'string' ? error.type : error.name;
}
