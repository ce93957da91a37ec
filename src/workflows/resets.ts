import { getActivator } from '@temporalio/workflow/lib/global-attributes.js';
import type { WorkflowInterceptorsFactory, WorkflowInternalsInterceptor } from '@temporalio/workflow';
import type { AgentRun } from './agent-run.ts';
import { localSteps } from './local-steps-first.ts';
import { changes } from './perform.ts';

type ActivateInput = Parameters<NonNullable<WorkflowInternalsInterceptor['activate']>>[0];

/**
 * Notices that Temporal has reset the workflow. The SDK says so in one way only: from then on chance has another seed, in
 * the life of the agent as on replay. The agent must know before it is told again what people have said since.
 */
class Resets {
  private seed: string | undefined;
  private run: AgentRun | undefined;
  private isPending = false;

  look({ activation }: ActivateInput): void {
    const began = activation.jobs?.[0]?.initializeWorkflow?.randomnessSeed?.toBytes().join();
    const before = began ?? this.seed;
    this.seed = getActivator().randomnessSeed.join();
    if (before === undefined || before === this.seed) return;
    this.isPending = true;
    this.tell();
  }

  /** From now on there is an agent to tell. */
  watchedBy(run: AgentRun): void {
    this.run = run;
    this.tell();
  }

  private tell(): void {
    const { run } = this;
    if (!run || !this.isPending) return;
    this.isPending = false;
    if (!changes.resets()) return;
    const record = (): void => {
      run.record({ type: 'reset' });
    };
    // With what Temporal tells once more, which has to have the same time.
    if (changes.stepTimes()) localSteps.whenTold(record);
    else record();
  }
}

/** One for each workflow: every execution has modules of its own. */
export const resets = new Resets();

export const interceptors: WorkflowInterceptorsFactory = () => ({
  internals: [
    {
      activate: (input, next) => {
        resets.look(input);
        next(input);
      },
    },
  ],
});
