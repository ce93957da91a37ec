import {
  getExternalWorkflowHandle,
  ParentClosePolicy,
  startChild,
  WorkflowIdReusePolicy,
} from '@temporalio/workflow';
import type { StartChild, TreeCommand } from '../contracts/command.ts';
import { AGENT_WORKFLOW_TYPE, messageSignal } from '../contracts/message-definitions.ts';
import { actorName } from '../contracts/start.ts';
import type { AgentState } from '../contracts/state.ts';
import { childEnded, childFailed, childRefused, type FamilyEvent } from '../core/child-event.ts';
import { livingChildren } from '../core/living-children.ts';
import { successorsOf } from '../core/successors.ts';
import { summaryLine } from '../core/text.ts';

type Hear = (event: FamilyEvent) => void;

/** Starts an agent below this one, or tells it something. */
export function performForChild(command: TreeCommand, hear: Hear): void {
  if (command.type === 'start-child') open(command, hear);
  else tell(command, hear);
}

/**
 * A child goes on when this run ends, because the next one may only be the same agent's: when the agent itself ends, it
 * tells its children so.
 */
function open({ child, start, vouch, summary }: StartChild, hear: Hear): void {
  startChild(AGENT_WORKFLOW_TYPE, {
    workflowId: child,
    args: vouch ? [start, null, vouch] : [start],
    parentClosePolicy: ParentClosePolicy.ABANDON,
    workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
    staticSummary: summary,
  }).then(
    (handle) => {
      hear({ type: 'child-started', child, run: handle.firstExecutionRunId });
      handle.result().then(
        (value: unknown) => {
          hear(childEnded(child, value));
        },
        (error: unknown) => {
          hear(childFailed(child, error));
        },
      );
    },
    (error: unknown) => {
      hear(childRefused(child, error));
    },
  );
}

function tell(command: Extract<TreeCommand, { type: 'tell-child' }>, hear: Hear): void {
  const { child, signal, payload, told } = command;
  getExternalWorkflowHandle(child)
    .signal(messageSignal(signal), payload)
    .then(
      () => {
        hear({ type: 'child-told', child, told });
      },
      () => {
        hear({ type: 'child-missed', child });
      },
    );
}

/** When an agent ends, those below it are ended too, and the one above it hears that it should look. */
export async function leaveFamily({ agentId, start, outcome, children }: AgentState): Promise<void> {
  const by = actorName(agentId);
  const reason = `the agent that delegated has ended: ${outcome?.status ?? 'gone'}`;
  const farewells = livingChildren({ children }).map(({ id }) => send(id, 'stop', { by, reason }));
  // A fork of an agent that was delegated to is nobody's child.
  if (start.parent && !start.fork) farewells.push(send(start.parent.agent, 'childEnded', { child: agentId }));
  await Promise.all(farewells);
}

/** Starts the agents that were to begin when this one has completed. They are nobody's in any other sense. */
export async function startSuccessors(state: AgentState): Promise<void> {
  const started = successorsOf(state).map(({ id, start }) =>
    startChild(AGENT_WORKFLOW_TYPE, {
      workflowId: id,
      args: [start],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
      staticSummary: summaryLine(`${start.agent} after ${state.agentId}`),
      // It is there already if this run was reset.
    }).catch(() => undefined),
  );
  await Promise.all(started);
}

/** Nobody may be there any more to be told. */
async function send(agent: string, name: 'stop' | 'childEnded', payload: object): Promise<void> {
  await getExternalWorkflowHandle(agent)
    .signal(messageSignal(name), payload)
    .catch(() => undefined);
}
