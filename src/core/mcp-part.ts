import type { ListedTool, PolicyRule } from '../contracts/definition.ts';
import { MCP_TIMEOUT_MS, type McpPart, type McpServer, type McpTool } from '../contracts/mcp.ts';

/** What a tool of a server is unless the definition says more. */
const UNTOLD = { effect: 'once', timeoutMs: MCP_TIMEOUT_MS, tool: undefined } as const;

interface Split {
  /** Policy of every tool, wherever it comes from. */
  readonly rules: Record<string, PolicyRule[]>;
  /** What there is to know of servers, if the definition has any. */
  readonly part: McpPart | undefined;
  readonly problems: readonly { path: string[]; message: string }[];
}

/** Tells the tools of a definition's MCP servers, `<server>__<tool>`, from all others. */
export function mcpPart(
  tools: Readonly<Record<string, ListedTool>>,
  servers: Readonly<Record<string, McpServer>> | undefined,
): Split {
  const rules: Record<string, PolicyRule[]> = {};
  const mcpTools: Record<string, McpTool> = {};
  const problems: { path: string[]; message: string }[] = [];
  for (const [name, policy] of Object.entries(tools)) {
    const [server = ''] = name.split('__', 1);
    const isOfServer = name.includes('__') && servers !== undefined && Object.hasOwn(servers, server);
    const own = Array.isArray(policy) ? undefined : policy;
    rules[name] = Array.isArray(policy) ? policy : policy.rules;
    if (isOfServer) {
      const { effect, timeoutMs, tool } = own ?? UNTOLD;
      mcpTools[name] = { server, effect, timeoutMs, ...(tool === undefined ? {} : { tool }) };
    } else if (own) {
      problems.push({ path: ['tools', name], message: notOfServer(name, servers) });
    }
  }
  return { rules, problems, part: servers && { servers: { ...servers }, tools: mcpTools } };
}

function notOfServer(name: string, servers: Readonly<Record<string, McpServer>> | undefined): string {
  const known = Object.keys(servers ?? {});
  const listed = known.length > 0 ? `the servers of mcp are ${known.join(', ')}` : 'there is no mcp';
  return `"${name}" is no tool of an MCP server (<server>__<tool>; ${listed}), and only those have effect, timeout, tool and rules`;
}
