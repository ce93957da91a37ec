import { Context, log } from '@temporalio/activity';
import { Json } from '../contracts/json.ts';
import type { Reconciliation, ToolInvocation } from '../contracts/tool.ts';
import { ToolError, ToolUnavailable } from '../tools/define-tool.ts';
import { keepResult } from './keep-result.ts';
import { withHeartbeat } from './lease.ts';
import type { ToolHost } from './run-tool.ts';
import { messageOf, toolFailure } from './tool-failure.ts';

/**
 * Asks a tool what became of one of its calls. It changes nothing, so it may be asked as often as it takes. A tool that
 * complains of the call gives no answer that could be acted on.
 */
export async function reconcileTool(invocation: ToolInvocation, host: ToolHost): Promise<Reconciliation> {
  const { agentId, turn, index, tool, key, args } = invocation;
  const context = { ...host.resources, key, signal: Context.current().cancellationSignal };
  return withHeartbeat(
    () => undefined,
    async () => {
      try {
        const reconcile = host.tools.get(tool)?.reconcile;
        if (!reconcile) throw new ToolUnavailable(`this worker can't ask ${tool} about its calls`);
        const found = await reconcile(key, args, context);
        log.info(`tool ${tool} was asked what became of a call: ${found.type}`, {
          ...{ agent: agentId, turn, call: index, key },
        });
        return found.type === 'done' ? await keepFound(invocation, found.result, host) : found;
      } catch (error) {
        if (error instanceof ToolError) return { type: 'not-known', reason: messageOf(error) };
        throw toolFailure(error);
      }
    },
    `reconcile of tool ${tool}`,
  );
}

/** The result is recorded as that of a run is: a large one becomes an artifact. */
async function keepFound(
  invocation: ToolInvocation,
  result: unknown,
  { artifacts }: ToolHost,
): Promise<Reconciliation> {
  const keeper = { artifacts, effect: 'reconcilable' as const, calls: 1 };
  const kept = await keepResult(invocation, Json.parse(result), keeper);
  if (kept.type === 'succeeded') return { ...kept, type: 'done' };
  const reason = kept.type === 'failed' ? kept.error.message : 'its facts have changed';
  return { type: 'not-known', reason };
}
