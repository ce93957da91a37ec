import type { Interruption, StatusDocument } from '../../../contracts/status.ts';
import type { Trouble } from '../../trouble.ts';
import { clean, oneLine } from './text.ts';
import { since, until } from './time.ts';
import { type Unblock, UnblockLines } from './unblock-lines.ts';

export interface Wait extends Interruption {
  readonly unblock: readonly Unblock[];
}

/** What an agent waits for, and the exact lines that end each wait. */
export interface Why {
  readonly agent: string;
  readonly status: string;
  readonly since: string;
  readonly turn: number;
  readonly waits: readonly Wait[];
  /** Ways on that belong to no single wait: a pause by a person. */
  readonly unblock: readonly Unblock[];
  /** What keeps it from moving whatever it waits for. */
  readonly trouble?: Trouble;
}

export function why(
  status: StatusDocument,
  context: { by: string; flags: readonly string[] },
  trouble?: Trouble,
): Why {
  const lines = new UnblockLines(status.agent, context.by, context.flags);
  return {
    agent: status.agent,
    status: status.status,
    since: status.since,
    turn: status.turn,
    waits: status.interruptions.map((interruption) => ({
      ...interruption,
      unblock: waysOn(interruption, status, lines),
    })),
    unblock: status.paused ? [lines.intervene('resume')] : [],
    ...(trouble ? { trouble } : {}),
  };
}

/** Summary first, then since when, until when, and what happens then. */
export function interruptionLines(interruption: Interruption, now: number): string[] {
  const { deadline, onDeadline } = interruption;
  const ends = deadline === undefined ? '' : `, until ${until(deadline, now)}`;
  const then = onDeadline === undefined ? '' : `, then: ${oneLine(onDeadline)}`;
  return [
    `${interruption.kind} ${clean(interruption.id)}: ${oneLine(interruption.summary, 300)}`,
    `waiting for ${since(interruption.since, now)}${ends}${then}`,
  ];
}

export function whyView(view: Why, now: number): string {
  const state = `${view.status} (for ${since(view.since, now)}, turn ${view.turn})`;
  const head = view.trouble
    ? [`${clean(view.agent)} can't move; it was ${state}`, ...troubleLines(view.trouble, now)].join('\n')
    : `${clean(view.agent)} is ${state}`;
  if (view.trouble && view.waits.length === 0 && view.unblock.length === 0) return head;
  if (view.waits.length === 0 && view.unblock.length === 0) return `${head}; it waits for nobody.`;
  const waits = view.waits.map((wait) => {
    const [title = '', ...rest] = interruptionLines(wait, now);
    const by = wait.resumeBy.length > 0 ? [`resumed by: ${oneLine(wait.resumeBy.join('; '), 300)}`] : [];
    return [title, ...[...rest, ...by].map((line) => `  ${line}`), ...unblockLines(wait.unblock)].join('\n');
  });
  const rest = view.unblock.length > 0 ? [unblockLines(view.unblock).join('\n')] : [];
  return [head, ...waits, ...rest].join('\n\n');
}

/** What is wrong, since when, and what to do about it. */
export function troubleLines(trouble: Trouble, now: number): string[] {
  const tried = trouble.attempts === undefined ? '' : ` (tried ${trouble.attempts} times)`;
  const began = trouble.since === undefined ? '' : `, for ${since(trouble.since, now)}`;
  const cause = trouble.cause === undefined ? '' : `, ${clean(trouble.cause)}`;
  return [
    `  ${oneLine(trouble.summary, 500)}`,
    `  ${trouble.kind}${cause}${began}${tried}`,
    `  to do: ${trouble.advice}`,
  ];
}

function unblockLines(ways: readonly Unblock[]): string[] {
  return ways.flatMap(({ does, perdure, temporal }) => [
    `  to ${does}:`,
    `    ${clean(perdure)}`,
    `    ${clean(temporal)}`,
  ]);
}

function waysOn(interruption: Interruption, status: StatusDocument, lines: UnblockLines): Unblock[] {
  const approval = status.approvals.find(({ id }) => id === interruption.id);
  if (approval) return approval.allowedDecisions.map((decision) => lines.decide(approval, decision));
  switch (interruption.kind) {
    case 'approval':
    case 'unknown_outcome':
    case 'child':
    case 'budget':
      return [];
    case 'input':
      return [lines.say()];
    case 'event':
      return [lines.event(eventName(interruption))];
    case 'timer':
    case 'condition':
    case 'rate_limit':
    case 'model_outage':
    case 'tool_outage':
    case 'definition':
      return [lines.intervene('resume')];
  }
}

/** The agent names the event among what resumes it. */
function eventName({ id, resumeBy }: Interruption): string {
  const prefix = 'event: ';
  return resumeBy.find((text) => text.startsWith(prefix))?.slice(prefix.length) ?? id;
}
