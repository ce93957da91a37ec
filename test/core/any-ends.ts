import type { Command } from '../../src/contracts/command.ts';
import type { TestAgent } from '../support/agent-builder.ts';
import { at, checksFound } from './any-answers.ts';

/** Something that is not the agent's own step comes to an end. */
export function endBesides(
  agent: TestAgent,
  command: Extract<Command, { type: 'start-child' | 'tell-child' | 'look-at-agent' | 'check-condition' }>,
  pick: number,
): void {
  if (command.type === 'check-condition') {
    const { index } = command.invocation;
    if (pick % 4 > 0)
      agent.happen({
        type: 'condition-checked',
        turn: agent.state.turn,
        index,
        found: at(checksFound, pick),
      });
    else
      agent.happen({
        type: 'condition-lost',
        turn: agent.state.turn,
        index,
        problem: { type: 'ToolTimeout', message: 'slow' },
      });
  } else if (command.type === 'start-child') {
    const { child } = command;
    if (pick % 5 === 0)
      agent.happen({ type: 'child-refused', child, problem: { type: 'Conflict', message: 'in use' } });
    else agent.happen({ type: 'child-started', child, run: `run-of-${child}` });
  } else if (command.type === 'tell-child') {
    const { child, told } = command;
    if (pick % 5 === 0) agent.happen({ type: 'child-missed', child });
    else agent.happen({ type: 'child-told', child, told });
  } else if (command.role === 'parent') {
    agent.happen({ type: 'parent-seen', isOpen: pick % 5 > 0 });
  } else {
    agent.happen({ type: 'child-seen', child: command.sight.agentId });
  }
}
