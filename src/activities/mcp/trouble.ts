import type { McpTarget } from '../../contracts/mcp.ts';
import { beginning } from '../../core/text.ts';
import { RateLimited, ToolError, ToolUnavailable } from '../../tools/define-tool.ts';
import { TooLarge } from './bounded-fetch.ts';
import { type Way, withoutSecrets } from './variables.ts';

/** What a server says of its trouble is recorded and read by people. */
const MAX_TROUBLE_CHARS = 400;

/** The server did not take the request: nothing was done. */
export class Refused extends Error {}

/** The server answered that something went wrong; how far it got it does not say. */
export class Reported extends Error {}

/** For what happened before anything was asked of a tool. */
export function unavailable(server: string, error: unknown, way: Way): ToolUnavailable {
  const message = `the MCP server ${server} can't be reached: ${troubleOf(error, way)}`;
  return new ToolUnavailable(message, { cause: error });
}

/** What an error in the middle of a call comes to: where trying again does no harm, it need not be known whether the tool acted. */
export function troubleInCall(error: unknown, { server, effect }: McpTarget, way: Way): unknown {
  if (error instanceof RateLimited) return error;
  if (error instanceof ToolError) return new ToolError(error.type, troubleOf(error, way));
  if (error instanceof Refused) return unavailable(server, error, way);
  const message = `the MCP server ${server} failed in the middle of the call: ${troubleOf(error, way)}`;
  if (effect === 'once') return new Error(message, { cause: error });
  if (error instanceof Reported) return new ToolError('ToolFailed', message);
  if (error instanceof TooLarge) return new ToolError('Invalid', `${message}; ask for less`);
  return new ToolUnavailable(message, { cause: error });
}

function troubleOf(error: unknown, way: Way): string {
  if (!(error instanceof Error)) return String(error);
  // Of a connection that can't be made only the cause says why.
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return beginning(withoutSecrets(`${error.message}${cause}`, way), MAX_TROUBLE_CHARS);
}
