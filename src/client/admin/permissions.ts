import type { Role } from '../../contracts/role.ts';
import type { Token } from '../../storage/tokens.ts';

/** The least role that may do each thing: the only place that says so. Stronger ones may do all that weaker ones may. */
export const permissions = {
  showMe: 'viewer',
  signOut: 'viewer',
  listAgents: 'viewer',
  showAgent: 'viewer',
  showTimeline: 'viewer',
  showPicture: 'viewer',
  showTranscript: 'viewer',
  showTransitions: 'viewer',
  showCheckpoint: 'viewer',
  previewRewind: 'viewer',
  showAudit: 'viewer',
  checkAudit: 'viewer',
  explainCall: 'viewer',
  compareAgents: 'viewer',
  listApprovals: 'viewer',
  showApproval: 'viewer',
  listDecided: 'viewer',
  listDefinitions: 'viewer',
  listSchedules: 'viewer',
  showHealth: 'viewer',
  followAgents: 'viewer',
  followAgent: 'viewer',
  decide: 'approver',
  claimApproval: 'approver',
  releaseApproval: 'approver',
  reassignApproval: 'approver',
  grantLeave: 'approver',
  revokeLeave: 'approver',
  startAgent: 'operator',
  forkAgent: 'operator',
  sendMessage: 'operator',
  sendEvent: 'operator',
  pauseAgent: 'operator',
  resumeAgent: 'operator',
  stopAgent: 'operator',
  cancelAgent: 'operator',
  pauseSchedule: 'operator',
  resumeSchedule: 'operator',
  triggerSchedule: 'operator',
  extendBudget: 'admin',
  rewindAgent: 'admin',
} as const satisfies Record<string, Role>;

export type OperationId = keyof typeof permissions;

/** Whether a token's scope takes in an agent. */
export function reaches({ agents }: Pick<Token, 'agents'>, id: string): boolean {
  return agents.length === 0 || agents.some((prefix) => id.startsWith(prefix));
}
