import type { Command } from '../contracts/command.ts';
import { newCommands } from '../core/commands.ts';
import type { AgentRun } from './agent-run.ts';
import { perform } from './perform.ts';

/**
 * The commands in flight, kept in step with what the state asks for. An agent that goes on never drops a command before
 * it has ended; when the agent ends, the server cancels the activities of the closed workflow.
 */
export class Work {
  private readonly run: AgentRun;
  private readonly inFlight = new Set<string>();

  constructor(run: AgentRun) {
    this.run = run;
  }

  get isIdle(): boolean {
    return this.inFlight.size === 0;
  }

  /** Starts what the state asks for and is not yet in flight, unless new work is held back. */
  startNew(): void {
    for (const command of newCommands(this.run.state, this.inFlight)) this.start(command);
  }

  private start(command: Command): void {
    this.inFlight.add(command.id);
    perform(command, (event) => {
      this.inFlight.delete(command.id);
      this.run.record(event);
    });
  }
}
