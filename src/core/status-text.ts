import type { AgentState } from '../contracts/state.ts';
import type { Interruption } from '../contracts/status.ts';
import { openApprovals } from './approvals.ts';
import { callInterruptionId, interruptionsOf, isoTime } from './interruptions.ts';

/** What an engineer reads in the Web UI: the state, what the agent waits for, and the exact line that unblocks it. */
export function statusMarkdown(state: AgentState): string {
  const { usage, limits, outcome } = state;
  const spent = usage.inputTokens + usage.outputTokens;
  return [
    `**${state.status}** since ${isoTime(state.since)}, turn ${state.turn}, revision ${state.revision}`,
    '',
    ...interruptionsOf(state).flatMap((interruption) => interruptionText(state, interruption)),
    ...(state.paused
      ? [`Paused by ${quote(state.paused.by)}.`, '', ...unblock(state, 'resume', { by: 'you' })]
      : []),
    ...(outcome?.status === 'failed'
      ? [`Failed: ${quote(`${outcome.failure.type}: ${outcome.failure.message}`)}`, '']
      : []),
    `Budget: ${usage.turns} of ${limits.turns} turns, ${spent}${limits.tokens === undefined ? '' : ` of ${limits.tokens}`} tokens, ` +
      `$${usage.usd.toFixed(4)}${limits.usd === undefined ? '' : ` of $${limits.usd}`}, until ${isoTime(limits.deadlineAt)}`,
  ].join('\n');
}

function interruptionText(
  state: AgentState,
  { kind, id, summary, deadline, onDeadline }: Interruption,
): string[] {
  const until = deadline === undefined ? '' : ` until ${deadline}, then: ${onDeadline ?? ''}`;
  return [
    `Waits for **${kind}** \`${id}\`${until}`,
    '',
    `> ${quote(summary)}`,
    '',
    ...unblockLines(state, kind, id),
  ];
}

function unblockLines(state: AgentState, kind: Interruption['kind'], id: string): string[] {
  switch (kind) {
    case 'approval':
    case 'unknown_outcome':
    case 'input': {
      const approval = openApprovals(state).find((open) => open.id === id);
      if (!approval) return unblock(state, 'message', { text: '…', by: 'you' });
      const decision = approval.allowedDecisions[0] ?? 'respond';
      const message = decision === 'respond' ? { message: '…' } : {};
      return unblock(state, 'decide', { approval: id, decision, by: 'you', ...message });
    }
    case 'event': {
      const call = state.calls.find(({ index }) => callInterruptionId(state, index) === id);
      const name = call?.status === 'waiting' && call.wait.kind === 'event' ? call.wait.name : '…';
      return unblock(state, 'event', { name, payload: null });
    }
    case 'budget':
      return unblock(state, 'extendBudget', { by: 'you', turns: 50 });
    case 'timer':
    case 'rate_limit':
    case 'model_outage':
    case 'child':
      return unblock(state, 'resume', { by: 'you' });
  }
}

function unblock(state: AgentState, name: string, input: object): string[] {
  const line = `temporal workflow update execute --workflow-id ${shellWord(state.agentId)} --name ${name} --input ${shellWord(JSON.stringify(input))}`;
  return ['```', line, '```', ''];
}

/** People paste these lines into a shell, and models choose some of the words: nothing in them may be more than a word. */
function shellWord(text: string): string {
  return /^[\w./:@-]+$/.test(text)
    ? text
    : `'${text.replace(/[\r\n]+/g, ' ').replaceAll("'", String.raw`'\''`)}'`;
}

/** Text of models and people is shown as one quoted line; Markdown in it must not look like ours. */
function quote(text: string): string {
  return text
    .replace(/[\r\n]+/g, ' ')
    .replace(/[\\`*_<>[\]#|~]/g, '\\$&')
    .slice(0, 500);
}
