import { ParentClosePolicy, startChild, workflowInfo, WorkflowIdReusePolicy } from '@temporalio/workflow';
import { ARCHIVE_WORKFLOW_TYPE, type RunToArchive } from '../contracts/archived-run.ts';
import { beginning, summaryLine } from '../core/text.ts';
import type { AgentRun } from './agent-run.ts';

/** Of the agent's id, to find what belongs to it by; the run's id is behind it. */
const MAX_NAMED_CHARS = 200;

/**
 * Has this run archived when it closes, by a workflow of its own that waits for that: an archive that can't be written now holds no
 * agent up, and no run is forgotten.
 */
export class Archiving {
  private readonly run: AgentRun;
  private isBegun = false;
  private isTaken = false;

  constructor(run: AgentRun) {
    this.run = run;
  }

  /** Asks for it at the first time. Whether the server has taken it on, or there is nothing to ask for: until then the run must not end. */
  isAskedFor(): boolean {
    if (this.run.state.definition?.archives !== true) return true;
    if (!this.isBegun) this.begin();
    return this.isTaken;
  }

  private begin(): void {
    this.isBegun = true;
    const { agentId: agent } = this.run.state;
    const { runId } = workflowInfo();
    const done = (): void => {
      this.isTaken = true;
      this.run.lookAgain();
    };
    startChild(ARCHIVE_WORKFLOW_TYPE, {
      workflowId: `archive.${beginning(agent, MAX_NAMED_CHARS)}.${runId}`,
      args: [{ agent, runId } satisfies RunToArchive],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
      staticSummary: summaryLine(`archives a run of ${agent}`),
      // Refused: it is there already. Whatever the reason, an agent does not stop over it, and `archive sync` finds the run.
    }).then(done, done);
  }
}
