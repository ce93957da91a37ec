import type { McpDeclaration, McpPart, McpTool } from '../../contracts/mcp.ts';
import type { ToolManifest } from '../../contracts/tool.ts';
import { beginning } from '../../core/text.ts';
import type { McpPort } from '../ports.ts';
import { sourceOf } from './declaration.ts';
import { modelSchema } from './model-schema.ts';

/** Less than the step has that loads a definition, which the agent's first workflow task waits for. */
const WAIT_MS = 3_500;
const MAX_DESCRIPTION_CHARS = 2_000;
/** Of the tools that a server has instead; a whole list would hide the mistake. */
const MAX_LISTED_CHARS = 300;

/** A definition lists a tool that its server does not have, so people have to correct it. */
export class UnknownTool extends Error {}

/**
 * The manifests of a definition's MCP tools, as their servers declare them now. Fails with a `ToolUnavailable` that names the
 * server which can't be reached, or an `UnknownTool`.
 */
export async function mcpManifests({ servers, tools }: McpPart, port: McpPort): Promise<ToolManifest[]> {
  const byServer = Map.groupBy(Object.entries(tools), ([, { server }]) => server);
  const found = await Promise.all(
    [...byServer].map(async ([server, wanted]) => {
      const connection = servers[server];
      if (!connection) throw new UnknownTool(`there is no MCP server ${server}`);
      const declared = await port.tools({ server, connection }, WAIT_MS);
      return wanted.map(([name, tool]) => manifestOf(name, tool, declared));
    }),
  );
  return found.flat();
}

function manifestOf(name: string, tool: McpTool, declared: readonly McpDeclaration[]): ToolManifest {
  const { server, effect, timeoutMs } = tool;
  const declaration = declarationOf(name, tool, declared);
  return {
    ...{ name, effect, timeoutMs, hasAssess: false },
    // Whose words they are is said in ours: a server could write anything there.
    description: `A tool of the MCP server ${server}, which describes it so: ${beginning(declaration.description, MAX_DESCRIPTION_CHARS)}`,
    inputSchema: modelSchema(declaration.inputSchema),
    mcp: sourceOf(server, declaration),
  };
}

/** By the name that the definition gives, or else by the part after the server, in which a definition can't write every character. */
function declarationOf(
  name: string,
  { server, tool }: McpTool,
  declared: readonly McpDeclaration[],
): McpDeclaration {
  const wanted = tool ?? name.slice(server.length + 2);
  const exact = declared.filter((declaration) => declaration.name === wanted);
  const similar = tool === undefined ? declared.filter((other) => spelled(other.name) === wanted) : [];
  const [found, another] = exact.length > 0 ? exact : similar;
  if (found && !another) return found;
  const names = beginning(declared.map((declaration) => declaration.name).join(', '), MAX_LISTED_CHARS);
  const problem = found
    ? 'has several that could be meant, so say which with tool:'
    : 'has no such tool; it has';
  throw new UnknownTool(`tools.${name}: the MCP server ${server} ${problem} ${names}`);
}

/** A server's name for a tool in the characters of a definition's. */
function spelled(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9_-]/g, '_');
}
