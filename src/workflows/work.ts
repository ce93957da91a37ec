import { CancellationScope, isCancellation } from '@temporalio/workflow';
import type { Command } from '../contracts/command.ts';
import { commandsOf, isHeld } from '../core/commands.ts';
import type { AgentRun } from './agent-run.ts';
import { perform } from './perform.ts';

/** The commands in flight, kept in step with what the state asks for. */
export class Work {
  private readonly run: AgentRun;
  private readonly inFlight = new Map<string, CancellationScope>();
  /** Scopes whose command has ended, for the next ones: the sandbox takes longer to make a scope than to use it. */
  private readonly idleScopes: CancellationScope[] = [];

  constructor(run: AgentRun) {
    this.run = run;
  }

  get isIdle(): boolean {
    return this.inFlight.size === 0;
  }

  /** Starts what the state asks for, unless it is held back, and cancels what it no longer asks for. */
  keep({ startNew }: { startNew: boolean }): void {
    const commands = commandsOf(this.run.state);
    const wanted = new Set(commands.map(({ id }) => id));
    for (const [id, scope] of this.inFlight) {
      if (wanted.has(id)) continue;
      this.inFlight.delete(id);
      scope.cancel();
    }
    if (!startNew || isHeld(this.run.state)) return;
    for (const command of commands) {
      if (!this.inFlight.has(command.id)) this.start(command);
    }
  }

  private start(command: Command): void {
    const scope = this.idleScopes.pop() ?? new CancellationScope({ cancellable: true });
    this.inFlight.set(command.id, scope);
    void scope.run(() => this.carryOut(command, scope));
  }

  private async carryOut(command: Command, scope: CancellationScope): Promise<void> {
    try {
      const event = await perform(command);
      // Whoever cancelled it has removed it; its outcome is of no interest any more.
      if (this.inFlight.get(command.id) !== scope) return;
      this.inFlight.delete(command.id);
      this.idleScopes.push(scope);
      this.run.record(event);
    } catch (error) {
      if (!isCancellation(error)) throw error;
    }
  }
}
