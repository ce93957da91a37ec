import type { AuditEntry } from '../contracts/audit.ts';
import type { AgentEvent } from '../contracts/event.ts';
import type { AgentMessage } from '../contracts/messages.ts';
import type { AgentStart } from '../contracts/start.ts';
import type { AgentState } from '../contracts/state.ts';
import { advance } from './advance.ts';
import { AuditedCalls } from './audit-calls.ts';
import {
  digest,
  isoTime,
  type Line,
  note,
  ON_RECORD,
  repliedIn,
  type Step,
  textDigest,
} from './audit-line.ts';
import { peopleLines } from './audit-people.ts';
import { personOf } from './messages.ts';
import type { RunRecord } from './run-record.ts';

/** Where a run's audit begins and ends, which its events do not say. */
export interface AuditedRun {
  readonly runId: string;
  readonly previousRunId?: string | undefined;
  /** What closed the run, when it has closed. */
  readonly closed?:
    | { readonly at: number; readonly how: string; readonly why?: string | undefined }
    | undefined;
}

/**
 * Everything that one run of an agent did and that was done to it, by whom and why. It follows from the history alone, so
 * that it can be made again and compared. With `values` it holds what was said and done, and else only the hashes of that.
 */
export function* auditOf(
  { initial, events }: Pick<RunRecord, 'initial' | 'events'>,
  run: AuditedRun,
  { values }: { readonly values: boolean },
): Generator<AuditEntry> {
  // Nobody has taken it on yet, and the time at which somebody will is its beginning.
  if (events.length === 0 && !run.closed) return;
  const entry = (line: Line): AuditEntry => ({ version: 1, agent: initial.agentId, run: run.runId, ...line });
  yield entry(beginning(initial, run, values));
  const calls = new AuditedCalls(initial, values);
  let state = initial;
  for (const event of events) {
    const step: Step = { before: state, after: advance(state, event), event, values };
    yield* linesOf(step, calls).map(entry);
    state = step.after;
  }
  if (run.closed) {
    const { at, how, why } = run.closed;
    yield entry(note(state, at, { what: 'run.closed', to: how, ...(why === undefined ? {} : { why }) }));
  }
}

function beginning(initial: AgentState, { previousRunId }: AuditedRun, values: boolean): Line {
  const { start, startedAt, since } = initial;
  if (previousRunId !== undefined)
    return note(initial, since, { what: 'run.continued', why: `continues run ${previousRunId}` });
  return note(initial, startedAt, {
    what: 'agent.started',
    who: { name: start.requester ?? start.parent?.agent ?? 'outside' },
    definition: start.agent,
    input: textDigest(start.input, values),
    ...(start.fork ? { why: forkText(start) } : {}),
  });
}

/** Where a fork comes from and what is different there; what that says may be secret, so it is only named. */
function forkText({ fork, model, budget }: AgentStart): string {
  const { agent = '', turn = 0, tools = '', ...changes } = fork ?? {};
  const different = Object.keys({
    ...changes,
    ...(model === undefined ? {} : { model }),
    ...(budget ? { budget } : {}),
  }).filter((name) => name !== 'run');
  const others = different.length === 0 ? '' : `; different: ${different.join(', ')}`;
  return `fork of ${agent}@${turn} with ${tools} tools${others}`;
}

function linesOf(step: Step, calls: AuditedCalls): Line[] {
  return [
    ...heardLines(step),
    ...modelLines(step),
    ...calls.proposed(step),
    ...peopleLines(step),
    ...calls.changed(step),
    ...childLines(step),
    ...budgetLines(step),
    ...statusLines(step),
    ...endLines(step),
  ];
}

/** What came from outside, also what was refused or repeated. */
function heardLines({ before, after, event, values }: Step): Line[] {
  if (event.type === 'message-refused')
    return [
      note(after, event.at, {
        ...{ what: 'message.received', who: { name: 'outside' }, said: textDigest(event.name, true) },
        why: `refused: ${event.reason}`,
      }),
    ];
  if (event.type !== 'message-received') return [];
  const { by: name, signedInAs } = personOf(before, event.message);
  const logged = newTransitions(before, after)[0];
  return [
    note(after, event.at, {
      what: 'message.received',
      who: { name, ...(signedInAs === undefined ? {} : { signedInAs }) },
      why: logged?.cause ?? `${event.message.name} (repeated)`,
      ...saidIn(event.message, values),
    }),
  ];
}

/** What decisions say is in their own lines, where arguments are known to be some tool's. */
function saidIn(message: AgentMessage, values: boolean): Pick<Line, 'said'> {
  if (message.name === 'message') return { said: textDigest(message.payload.text, values) };
  if (message.name === 'event') {
    const { name, payload = null } = message.payload;
    return { said: digest({ name, payload }, values) };
  }
  return {};
}

function modelLines({ before, after, event, values }: Step): Line[] {
  if (event.type === 'definition-loaded' && before.phase === 'loading') {
    const { name, hash } = event.loaded.definition;
    return [note(after, event.at, { what: 'definition.loaded', definition: `${name}@${hash}` })];
  }
  const reply = repliedIn({ before, event });
  // Of an answer that nobody waited for any more nothing came.
  if (!reply || after === before) return [];
  const { model, text, usage } = reply;
  const { inputTokens, outputTokens, usd } = usage;
  return [
    {
      ...note(after, event.at, { what: 'model.replied', who: { name: model } }),
      ...(event.type === 'record-read' ? { why: ON_RECORD } : {}),
      turn: before.turn,
      said: textDigest(text, values),
      numbers: { inputTokens, outputTokens, usd },
    },
  ];
}

function childLines({ before, after, event }: Step): Line[] {
  return after.children.flatMap((child) => {
    const earlier = before.children.find(({ id }) => id === child.id);
    if (earlier?.status === child.status) return [];
    return [
      note(after, event.at, {
        ...{ what: 'child.changed', child: child.id, definition: child.agent, to: child.status },
        call: `t${child.turn}-${child.index + 1}`,
        ...(earlier ? { from: earlier.status } : {}),
      }),
    ];
  });
}

function budgetLines({ before, after, event }: Step): Line[] {
  if (before.limits === after.limits || event.type === 'definition-loaded') return [];
  const numbers = Object.fromEntries(
    Object.entries(after.limits).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );
  return [note(after, event.at, { what: 'budget.changed', ...byWhom(before, event), numbers })];
}

function byWhom(state: AgentState, event: AgentEvent): Partial<Pick<Line, 'who'>> {
  if (event.type !== 'message-received') return {};
  const { by: name, signedInAs } = personOf(state, event.message);
  return { who: { name, ...(signedInAs === undefined ? {} : { signedInAs }) } };
}

/** A message that left the status as it was has its line already. */
function statusLines({ before, after, event }: Step): Line[] {
  return newTransitions(before, after)
    .filter(({ from, to }) => from !== to || !event.type.startsWith('message-'))
    .map(({ from, to, cause, actor: name, signedInAs, at, turn, revision }) => ({
      ...{ what: 'status.changed', at: isoTime(at), turn, revision, from, to, why: cause },
      who: { name, ...(signedInAs === undefined ? {} : { signedInAs }) },
    }));
}

function newTransitions(before: AgentState, after: AgentState): AgentState['transitions'] {
  return after.transitions.filter(({ revision }) => revision > before.revision);
}

function endLines({ before, after, event, values }: Step): Line[] {
  const { outcome } = after;
  if (before.outcome || !outcome) return [];
  const what = { what: 'agent.ended', to: outcome.status } as const;
  switch (outcome.status) {
    case 'completed':
      return [note(after, event.at, { ...what, result: digest(outcome.result, values) })];
    case 'failed':
      return [note(after, event.at, { ...what, why: `${outcome.failure.type}: ${outcome.failure.message}` })];
    case 'cancelled':
      return [note(after, event.at, { ...what, ...byWhom(before, event), why: outcome.reason })];
  }
}
