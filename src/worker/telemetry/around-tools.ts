import type { McpPort } from '../../activities/ports.ts';
import type { EffectClass } from '../../contracts/tool.ts';
import type { AnyTool } from '../../tools/define-tool.ts';

/** A tool that is about to run. */
export interface ToolRun {
  readonly name: string;
  readonly effect: EffectClass;
  readonly args: unknown;
  readonly key: string;
}

/** Runs a tool, and may look at how that goes. */
export type Around = <Result>(about: ToolRun, run: () => Promise<Result>) => Promise<Result>;

/** The same tools, each time with something around it. */
export function aroundTools(
  tools: ReadonlyMap<string, AnyTool>,
  around: Around,
): ReadonlyMap<string, AnyTool> {
  return new Map(
    [...tools].map(([name, tool]): [string, AnyTool] => [
      name,
      {
        ...tool,
        run: (args, context) =>
          around({ name, effect: tool.manifest.effect, args, key: context.key }, () =>
            tool.run(args, context),
          ),
      },
    ]),
  );
}

/** The same for tools of MCP servers. */
export function aroundMcp(mcp: McpPort, around: Around): McpPort {
  return {
    tools: (server, waitMs) => mcp.tools(server, waitMs),
    call: (target, args, call) =>
      around({ name: target.tool, effect: target.effect, args, key: call.key }, () =>
        mcp.call(target, args, call),
      ),
    close: () => mcp.close(),
  };
}
