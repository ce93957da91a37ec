import { join } from 'node:path';
import { McpServers } from '../../../src/activities/mcp/mcp-servers.ts';
import type { McpCall } from '../../../src/activities/ports.ts';
import type { McpServer } from '../../../src/contracts/mcp.ts';

/** The servers as a worker reaches them, with these variables in its environment. */
export function mcpServers(env: NodeJS.ProcessEnv = {}): McpServers {
  return new McpServers({ env, report: () => undefined });
}

/** A program with strange tools; see there. What it is told and does is in the folder. */
export function strangeServer(folder: string, ...habits: string[]): Extract<McpServer, { command: string }> {
  const args = [join(import.meta.dirname, 'strange-server.ts'), folder, ...habits];
  return { command: process.execPath, args, env: [] };
}

/** A call that nobody takes back. */
export function mcpCall(changes: Partial<McpCall> = {}): McpCall {
  return {
    ...{ key: 'run/1/0/hash', signal: new AbortController().signal, progress: () => undefined },
    confirmLease: () => Promise.resolve(),
    ...changes,
  };
}
