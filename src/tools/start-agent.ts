import { createHash } from 'node:crypto';
import * as z from 'zod';
import { Budget, Name } from '../contracts/definition.ts';
import { actorName, MAX_TEXT_CHARS } from '../contracts/start.ts';
import { defineTool, ToolError, ToolUnavailable } from './define-tool.ts';
import { effectTimeoutMs } from './limits.ts';

/** Starts an agent that is nobody's child: it has its own budget, and nobody waits for it. */
export const startAgent = defineTool({
  name: 'start_agent',
  description:
    'Starts another agent that works by itself, also when you have ended. You get its id, not its result; to have a part of your own work done use delegate.',
  effect: 'idempotent',
  timeoutMs: effectTimeoutMs,
  input: z.strictObject({
    agent: Name.describe('The definition'),
    input: z.string().min(1).max(MAX_TEXT_CHARS),
    id: z
      .string()
      .regex(/^[\w.:-]{1,200}$/, 'letters, digits, . : _ and -, at most 200')
      .optional()
      .describe('Only one agent at a time has it'),
    budget: Budget.optional(),
    labels: z.record(z.string().max(100), z.string().max(500)).optional(),
  }),
  output: z.object({ agent: z.string() }),
  run: async ({ id: wanted, ...asked }, { agents, agentId, key, confirmLease }) => {
    if (!agents) throw new ToolUnavailable('no agent can be started here');
    const id = wanted ?? `${asked.agent}-${createHash('sha256').update(key).digest('hex').slice(0, 8)}`;
    await confirmLease();
    const found = await agents.start({ id, start: { ...asked, requester: actorName(agentId) }, key });
    if (found === 'taken') throw new ToolError('Conflict', `an agent with the id ${id} is there already`);
    return { agent: id };
  },
});
