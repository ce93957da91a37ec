import type { Approval } from '../contracts/approval.ts';
import type { DecisionKind } from '../contracts/messages.ts';
import type { AgentState } from '../contracts/state.ts';
import type { Child } from '../contracts/child.ts';
import type { Interruption } from '../contracts/status.ts';
import { openApprovals } from './approvals.ts';
import { budgetQuestion } from './budget-question.ts';
import { livingChildren } from './living-children.ts';
import { canonicalJson } from './hash.ts';
import { callInterruptionId, interruptionsOf, isoTime } from './interruptions.ts';
import { sampleAnswer } from './sample-answer.ts';

/** What is quoted of models and people; the whole is in the status document. */
const MAX_QUOTED_CHARS = 1_000;
/** Nobody reads on to the next. */
const MAX_SHOWN_CHILDREN = 5;

/** What an engineer reads in the Web UI: the state, what the agent waits for, and the exact line that unblocks it. */
export function statusMarkdown(state: AgentState): string {
  const { usage, limits, outcome } = state;
  const spent = usage.inputTokens + usage.outputTokens;
  return [
    `**${state.status}** since ${shortTime(state.since)}, turn ${state.turn}, revision ${state.revision}`,
    '',
    `Agent of **${quote(state.start.agent)}**: ${quote(state.start.input)}`,
    '',
    ...forkLines(state),
    ...interruptionsOf(state).flatMap((interruption) => interruptionText(state, interruption)),
    ...(state.paused
      ? [`Paused by ${quote(state.paused.by)}.`, '', ...unblock(state, 'resume', { by: 'you' })]
      : []),
    ...(outcome?.status === 'failed'
      ? [`Failed: ${quote(`${outcome.failure.type}: ${outcome.failure.message}`)}`, '']
      : []),
    `Budget: ${usage.turns} of ${limits.turns} turns, ${spent}${limits.tokens === undefined ? '' : ` of ${limits.tokens}`} tokens, ` +
      `${usage.usd.toFixed(4)}${limits.usd === undefined ? '' : ` of ${limits.usd}`} USD, until ${shortTime(limits.deadlineAt)}`,
  ].join('\n');
}

function forkLines({ start: { fork } }: AgentState): string[] {
  return fork ? [`Fork of **${quote(fork.agent)}** at turn ${fork.turn}, tools ${fork.tools}.`, ''] : [];
}

function interruptionText(
  state: AgentState,
  { kind, id, summary, deadline, onDeadline }: Interruption,
): string[] {
  const until =
    deadline === undefined ? '' : ` until ${shortTime(Date.parse(deadline))}, then: ${onDeadline ?? ''}`;
  const facts = openApprovals(state).find((approval) => approval.id === id)?.facts ?? {};
  const known = Object.keys(facts).length === 0 ? [] : ['Facts:', ...codeBlock(canonicalJson(facts))];
  return [
    `Waits for **${kind}** \`${id}\`${until}`,
    '',
    ...codeBlock(summary),
    ...known,
    ...unblockLines(state, kind, id),
  ];
}

/** Words of models and people as they are, in one line: in running text the Web UI would turn quotes and dollars into others. */
function codeBlock(text: string): string[] {
  const line = text
    .replace(/[\r\n]+/g, ' ')
    .replaceAll('`', "'")
    .slice(0, MAX_QUOTED_CHARS);
  return ['```', line, '```', ''];
}

/** To the minute: nobody reads milliseconds of a wait that takes days. */
function shortTime(at: number): string {
  return `${isoTime(at).slice(0, 16).replace('T', ' ')} UTC`;
}

function unblockLines(state: AgentState, kind: Interruption['kind'], id: string): string[] {
  switch (kind) {
    case 'approval':
    case 'unknown_outcome':
    case 'input': {
      const approval = openApprovals(state).find((open) => open.id === id);
      if (!approval) return unblock(state, 'message', { text: '…', by: 'you' });
      const decision = approval.allowedDecisions[0] ?? 'respond';
      return unblock(state, 'decide', { approval: id, decision, by: 'you', ...answerTo(approval, decision) });
    }
    case 'event': {
      const call = state.calls.find(({ index }) => callInterruptionId(state, index) === id);
      const name = call?.status === 'waiting' && call.wait.kind === 'event' ? call.wait.name : '…';
      return unblock(state, 'event', { name, payload: null });
    }
    case 'budget':
      return unblock(state, 'extendBudget', { by: 'you', ...budgetQuestion(state)?.args });
    case 'child':
      return livingChildren(state).slice(0, MAX_SHOWN_CHILDREN).flatMap(childLines);
    case 'timer':
    case 'condition':
    case 'rate_limit':
    case 'model_outage':
    case 'tool_outage':
    case 'definition':
      return unblock(state, 'resume', { by: 'you' });
  }
}

function answerTo({ form }: Approval, decision: DecisionKind): object {
  if (decision !== 'respond') return {};
  return form ? { args: sampleAnswer(form) } : { message: '…' };
}

/** What the agent below waits for is shown there. */
function childLines({ id }: Child): string[] {
  return ['```', `temporal workflow query --workflow-id ${shellWord(id)} --name status`, '```', ''];
}

function unblock(state: AgentState, name: string, input: object): string[] {
  // Broken into lines that fit the pane and are pasted as they are.
  return [
    '```',
    'temporal workflow update execute \\',
    `  --workflow-id ${shellWord(state.agentId)} --name ${name} \\`,
    `  --input ${shellWord(JSON.stringify(input))}`,
    '```',
    '',
  ];
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
    .replace(/[\\`*_<>[\]#|~$]/g, '\\$&')
    .slice(0, MAX_QUOTED_CHARS);
}
