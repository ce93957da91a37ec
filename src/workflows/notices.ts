import { ParentClosePolicy, startChild, WorkflowIdReusePolicy } from '@temporalio/workflow';
import { type Notice, NOTICE_WORKFLOW_TYPE } from '../contracts/notice.ts';
import { noticesOf } from '../core/notices.ts';
import { beginning, summaryLine } from '../core/text.ts';
import type { AgentRun } from './agent-run.ts';
import { workflowTime } from './workflow-time.ts';

/** Of the agent's id, to find its notices by; the notice's own id is behind it. */
const MAX_NAMED_CHARS = 200;

/**
 * Has people told of what they should know. Each notice is sent by a workflow of its own: it is tried as long as it takes, the
 * agent waits for none, and none is lost when the agent continues as new or ends. The server starts each id once, also
 * for an agent that was reset.
 */
export class Notices {
  private readonly run: AgentRun;
  private readonly begun: Set<string>;
  private starting = 0;

  /** What was open already when this run began, an earlier one has sent. */
  constructor(run: AgentRun) {
    this.run = run;
    this.begun = new Set(noticesOf(run.initial).map(({ id }) => id));
  }

  /** Whether the server has taken all of them: until then the run must not end. */
  get isIdle(): boolean {
    return this.starting === 0;
  }

  sendNew(): void {
    for (const notice of noticesOf(this.run.state)) {
      if (this.begun.has(notice.id)) continue;
      this.begun.add(notice.id);
      this.send({ ...notice, at: workflowTime() });
    }
  }

  private send(notice: Notice): void {
    const { id, agent, type, summary } = notice;
    const done = (): void => {
      this.starting -= 1;
      this.run.lookAgain();
    };
    this.starting += 1;
    startChild(NOTICE_WORKFLOW_TYPE, {
      workflowId: `notify.${beginning(agent, MAX_NAMED_CHARS)}.${id}`,
      args: [notice],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
      staticSummary: summaryLine(`${type}: ${summary}`),
      // Refused: it is there already. Whatever the reason, an agent does not stop because somebody is not told.
    }).then(done, done);
  }
}
