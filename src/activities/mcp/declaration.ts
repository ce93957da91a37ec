import type { McpDeclaration, McpSource } from '../../contracts/mcp.ts';
import { hashJson, hashText } from '../../core/hash.ts';
import { ToolError } from '../../tools/define-tool.ts';

/** Names of arguments as they may stand in a message: others are a server's text. */
const plainName = /^[A-Za-z0-9_.-]{1,64}$/;
const MAX_NAMES = 20;

/** What is compared: a change of either may be another tool under the same name. */
export function sourceOf(server: string, { name, description, inputSchema }: McpDeclaration): McpSource {
  return { server, tool: name, descriptionHash: hashText(description), schemaHash: hashJson(inputSchema) };
}

/** Throws, naming the change, if the server no longer says of a tool what it said when the agent began. */
export function assertUnchanged(known: McpSource, tools: readonly McpDeclaration[]): void {
  const { server, tool } = known;
  const found = tools.find(({ name }) => name === tool);
  const advice = 'It was not called. An agent that starts now gets it as it is now.';
  if (!found) {
    throw new ToolError('NotFound', `the MCP server ${server} no longer has the tool ${tool}. ${advice}`);
  }
  const now = sourceOf(server, found);
  const changes = [
    ...(now.schemaHash === known.schemaHash ? [] : [`its arguments (now ${argumentNames(found)})`]),
    ...(now.descriptionHash === known.descriptionHash ? [] : ['its description']),
  ];
  if (changes.length === 0) return;
  const what = changes.join(' and ');
  throw new ToolError(
    'Conflict',
    `the MCP server ${server} has changed the tool ${tool} since this agent began: ${what}. ${advice}`,
  );
}

function argumentNames({ inputSchema }: McpDeclaration): string {
  const properties = inputSchema['properties'];
  const names = typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
  const shown = names.map((name) => (plainName.test(name) ? name : '(an odd name)')).slice(0, MAX_NAMES);
  return shown.length === 0 ? 'none' : shown.join(', ');
}
