import assert from 'node:assert/strict';
import { commandsOf } from '../../src/core/commands.ts';
import { interruptionsOf } from '../../src/core/interruptions.ts';
import { call, startedAgent } from '../support/agent-builder.ts';

/** What becomes of a call whose attempt failed before its tool was run. */
function after(tool: string, type: string, more: { mayHaveActed?: true } = {}): string | undefined {
  const agent = startedAgent({
    definition: { checkpoints: 'each' },
    tools: { shout: [{ mode: 'auto' }] },
  }).asks(call(tool, { what: 'a' }));
  agent.happen({
    ...{ type: 'tool-lost', index: 0 },
    problem: { type, message: 'gone', notBegun: true, ...more },
  });
  if (agent.state.phase === 'thinking') return agent.lastResults(1)[0];
  return commandsOf(agent.state)[0]?.type ?? interruptionsOf(agent.state)[0]?.kind;
}

describe('a tool that was not run', () => {
  const tools = {
    pure: ['look', 'ToolBroken'],
    idempotent: ['store', 'unknown_outcome'],
    reconcilable: ['order', 'reconcile-tool'],
    once: ['shout', 'unknown_outcome'],
  } as const;
  for (const [effect, [tool, doubted]] of Object.entries(tools)) {
    it(`leaves no question of a ${effect} call: it waits, or the model is told`, () => {
      assert.equal(after(tool, 'ToolUnavailable'), 'tool_outage');
      assert.equal(after(tool, 'ToolBroken'), 'ToolBroken');
    });

    it(`does not answer for an attempt before, of a ${effect} call`, () => {
      assert.equal(after(tool, 'ToolBroken', { mayHaveActed: true }), doubted);
    });
  }
});
