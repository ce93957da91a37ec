import { type Command, isStep } from '../contracts/command.ts';
import type { NewEvent } from '../contracts/event.ts';
import { newCommands } from '../core/commands.ts';
import type { AgentRun } from './agent-run.ts';
import { startCommandId } from '../core/tree-commands.ts';
import { performForChild } from './family.ts';
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

  /** Whether Temporal has not said yet that it has started a child, which could not be told anything. */
  get isStartingChild(): boolean {
    return this.run.state.children.some(({ id }) => this.inFlight.has(startCommandId(id)));
  }

  /** Starts what the state asks for and is not yet in flight, unless new work is held back. */
  startNew(): void {
    for (const command of newCommands(this.run.state, this.inFlight)) this.start(command);
  }

  /** Records one thing that was heard of another agent. */
  async takeHeard(): Promise<void> {
    const { event, command } = await this.run.nextHeard();
    if (command !== undefined) this.inFlight.delete(command);
    this.run.record(event);
  }

  private start(command: Command): void {
    this.inFlight.add(command.id);
    const done = (event: NewEvent): void => {
      this.inFlight.delete(command.id);
      this.run.record(event);
    };
    if (isStep(command)) perform(command, done);
    else
      performForChild(command, (event) => {
        // Nobody takes what is heard after the end; but whoever cleans up waits for a child that is being started.
        if (this.run.state.phase === 'ended') this.inFlight.delete(command.id);
        this.run.hear(event.type === 'child-ended' ? { event } : { event, command: command.id });
      });
  }
}
