import type { Approval } from '../contracts/approval.ts';
import type { Notice } from '../contracts/notice.ts';
import type { AgentState } from '../contracts/state.ts';
import { openQuestions } from './approvals.ts';
import { hasNewRules } from './edition.ts';
import { canonicalJson, hashJson } from './hash.ts';
import { beginning } from './text.ts';
import { mayBeTold, verdictOn } from './verdict.ts';

const MAX_SUMMARY_CHARS = 500;

/** When they learn of it is for whoever sends it to say. */
type NewNotice = Omit<Notice, 'at'>;

/**
 * Everything that people should know of an agent as it is now; none of it if its definition was loaded by a worker that tells nobody. A
 * notice has the same id in every state in which it holds, so that each can be sent once.
 */
export function noticesOf(state: AgentState): NewNotice[] {
  if (state.definition?.notifies !== true) return [];
  if (state.phase === 'ended') return failed(state);
  return [...openQuestions(state).map((approval) => asked(state, approval)), ...started(state)];
}

/** Of an approval people are told again when it is time for a reminder, and when more of them may decide. */
function asked(state: AgentState, approval: Approval): NewNotice {
  const { id, subject, tool, expiresAt, summary, approvers, told = 0 } = approval;
  const about =
    told === 0 ? notice(state, 'approval.opened', id) : notice(state, 'approval.reminded', `${id} ${told}`);
  return {
    ...{ ...about, summary: beginning(summary, MAX_SUMMARY_CHARS) },
    approval: { ...{ id, subject, tool, expiresAt }, ...(approvers ? { approvers } : {}) },
  };
}

/** Calls that run without anybody's leave, where their rule has people told of them. */
function started(state: AgentState): NewNotice[] {
  return state.calls
    .filter(({ name, status }) => status === 'running' && mayBeTold(state, name))
    .filter((call) => verdictOn(state, call).rule?.notify === true)
    .map(({ key, name, args }) => ({
      ...notice(state, 'call.started', key),
      summary: beginning(`${name} ${canonicalJson(args)}`, MAX_SUMMARY_CHARS),
    }));
}

function failed(state: AgentState): NewNotice[] {
  const { outcome } = state;
  if (outcome?.status !== 'failed') return [];
  const { type, message } = outcome.failure;
  const about = notice(state, 'agent.failed', '');
  return [{ ...about, summary: beginning(`${type}: ${message}`, MAX_SUMMARY_CHARS) }];
}

/** An id may be used again by another agent, whose first run is another one. */
function notice(state: AgentState, type: Notice['type'], subject: string) {
  const { agentId, firstRunId, start, resetAt } = state;
  // What happens after a reset happens anew, also where it is the same.
  const anew = resetAt !== undefined && hasNewRules(state) ? [resetAt] : [];
  const hash = hashJson([agentId, firstRunId, type, subject, ...anew]).slice(0, 24);
  return { id: `notice_${hash}`, type, agent: agentId, definition: start.agent };
}
