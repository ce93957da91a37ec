import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import { wakesOf } from '../core/clock.ts';
import type { AgentRun } from './agent-run.ts';
import { workflowTime } from './workflow-time.ts';

/** Temporal shows at most 200 bytes of a summary. */
const MAX_SUMMARY_CHARS = 150;

/** One durable timer for each moment at which something is due, kept in step with the state. */
export class Alarms {
  private readonly run: AgentRun;
  private readonly set = new Map<string, CancellationScope>();

  constructor(run: AgentRun) {
    this.run = run;
  }

  /** Starts the timers that the state asks for and cancels those that it no longer does. */
  keep(): void {
    const wakes = wakesOf(this.run.state);
    // The moment is part of the id: a wait that was prolonged gets a new timer.
    const wanted = new Set(wakes.map(({ id, at }) => `${id}@${at}`));
    for (const [id, scope] of this.set) {
      if (wanted.has(id)) continue;
      this.set.delete(id);
      scope.cancel();
    }
    for (const { id, at, summary } of wakes) {
      const key = `${id}@${at}`;
      if (!this.set.has(key)) this.start(key, at, summary);
    }
  }

  private start(key: string, at: number, summary: string): void {
    const scope = new CancellationScope({ cancellable: true });
    this.set.set(key, scope);
    void scope.run(() => this.ring(key, at, summary));
  }

  private async ring(key: string, at: number, summary: string): Promise<void> {
    try {
      await sleep(Math.max(1, at - workflowTime()), { summary: summary.slice(0, MAX_SUMMARY_CHARS) });
    } catch (error) {
      if (isCancellation(error)) return;
      throw error;
    }
    this.set.delete(key);
    this.run.record({ type: 'time-passed' });
  }
}
