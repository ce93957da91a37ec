import type { ApprovalDetails } from '../contracts/answers.ts';
import type { Approval } from '../contracts/approval.ts';
import type { AgentState } from '../contracts/state.ts';
import { asAsked, askedApproval } from '../core/asked-approval.ts';
import { approvalView } from '../core/status-document.ts';
import type { Access } from './access.ts';
import { GatewayError } from './gateway-error.ts';
import { readAgentRun } from './agent-history.ts';
import { isUnknown } from './archived.ts';
import type { ReadRun } from '../history/read-run.ts';

/** A chain this long would take minutes to read; whoever asks about an older one reads the transcript. */
const MAX_RUNS = 50;

/**
 * An approval in whichever run of the agent it was asked; without what it was about where that run is gone. Fails `NotFound`.
 */
export async function approvalDetails(access: Access, agent: string, id: string): Promise<ApprovalDetails> {
  let known: { readonly run: ReadRun; readonly approval: Approval } | undefined;
  let run: ReadRun | undefined = await readAgentRun(access, agent);
  for (let runs = 1; run && runs <= MAX_RUNS; runs++) {
    const asked = askedApproval(run.record, id);
    if (asked) {
      known = known ? { ...known, approval: asAsked(known.approval, asked.approval) } : { run, ...asked };
      if (asked.isWhole) break;
    }
    const { previousRunId }: ReadRun = run;
    run =
      previousRunId === undefined
        ? undefined
        : await readAgentRun(access, agent, previousRunId).catch(unlessKnown(known !== undefined));
  }
  if (known)
    return detailsOf(known.run.record.state, isCut(known.run) ? withdrawn(known.approval) : known.approval);
  throw new GatewayError(
    'NotFound',
    `Agent ${agent} has not asked ${id}, as far as its histories are kept.`,
    {
      help: `See what it asks now: perdure approvals ${agent}`,
    },
  );
}

/** A run that nobody has any more, or that can't be read here, is no error: what later ones know is shown. */
function unlessKnown(isKnown: boolean): (error: unknown) => undefined {
  return (error) => {
    const isUnreadable = isKnown && error instanceof GatewayError && error.type === 'NoWorker';
    if (!isUnknown(error) && !isUnreadable) throw error;
  };
}

/** The agent has ended with it, whether it had time to say so or not. */
function isCut({ closing }: ReadRun): boolean {
  return closing !== undefined && closing.status !== 'continued';
}

/** Nobody can answer it any more. */
function withdrawn(asked: Approval): Approval {
  return asked.status === 'open' ? { ...asked, status: 'withdrawn' } : asked;
}

function detailsOf(
  { agentId, start, requesterSignedInAs, manifests }: AgentState,
  asked: Approval,
): ApprovalDetails {
  const manifest = manifests.find(({ name }) => name === asked.tool);
  const { requester } = start;
  return {
    agent: agentId,
    definition: start.agent,
    ...(requester === undefined ? {} : { requester }),
    ...(requesterSignedInAs === undefined ? {} : { requesterSignedInAs }),
    state: asked.status,
    turn: asked.turn,
    approval: approvalView(asked, manifests),
    ...(manifest
      ? {
          tool: {
            description: manifest.description,
            effect: manifest.effect,
            inputSchema: manifest.inputSchema,
          },
        }
      : {}),
  };
}
