import type { McpServer } from '../../contracts/mcp.ts';
import { ToolUnavailable } from '../../tools/define-tool.ts';

/** A way to a server with the values of this worker in it. Never recorded, never logged. */
export type Way = (
  | {
      readonly type: 'process';
      readonly command: string;
      readonly args: string[];
      readonly env: Record<string, string>;
    }
  | { readonly type: 'http'; readonly url: string; readonly headers: Record<string, string> }
) & { readonly secrets: readonly string[] };

const variable = /\$([A-Za-z_][A-Za-z0-9_]*)/g;
/** Shorter values are found in any text; they are no secrets. */
const MIN_SECRET_CHARS = 4;

/** Puts in what the worker's environment has. A variable that is not set makes the server unavailable here, and is named. */
export function wayTo(server: string, connection: McpServer, env: NodeJS.ProcessEnv): Way {
  const secrets: string[] = [];
  const valueOf = (name: string): string => {
    const value = env[name];
    if (value === undefined || value === '') {
      throw new ToolUnavailable(
        `the MCP server ${server} needs the variable ${name}, which is not set where the worker runs`,
      );
    }
    secrets.push(value);
    return value;
  };
  if ('command' in connection) {
    const { command, args } = connection;
    const named = connection.env.map((name) => [name, valueOf(name)] as const);
    return { type: 'process', command, args, env: Object.fromEntries(named), secrets };
  }
  const headers = Object.entries(connection.headers).map(
    ([name, value]) => [name, value.replaceAll(variable, (_all, found: string) => valueOf(found))] as const,
  );
  return { type: 'http', url: connection.url, headers: Object.fromEntries(headers), secrets };
}

/** A message as it may be recorded: a server may repeat what it was sent. */
export function withoutSecrets(message: string, { secrets }: Way): string {
  const long = secrets.filter(({ length }) => length >= MIN_SECRET_CHARS);
  // The longest first: one may be the beginning of another.
  return long
    .toSorted((one, other) => other.length - one.length)
    .reduce((text, value) => text.replaceAll(value, '***'), message);
}
