import assert from 'node:assert/strict';
import type { AgentEvent } from '../../src/contracts/event.ts';
import type { AgentState, ContextEntry } from '../../src/contracts/state.ts';
import type { TimelineItem } from '../../src/contracts/timeline.ts';
import { advance } from '../../src/core/advance.ts';
import { addedSince, outcomeText } from '../../src/core/context.ts';
import { openQuestions } from '../../src/core/approvals.ts';
import { isOf, type ItemOf } from '../../src/core/timeline/sheet.ts';

/** What a life came to, as its states have it: found without the timeline. */
interface Found {
  readonly entries: ContextEntry[];
  readonly decisions: Map<string, string[]>;
  readonly revisions: number[];
  readonly replies: number;
  /** Where it began itself: a fork after what it was given. */
  readonly begun: AgentState;
  readonly final: AgentState;
  /** The conversation was condensed in an event that also added to it, and so does not say what. */
  readonly isCondensed: boolean;
}

function lookThrough(initial: AgentState, events: readonly AgentEvent[]): Found {
  const found = { entries: [] as ContextEntry[], decisions: new Map<string, string[]>() };
  const revisions: number[] = [];
  let state = initial;
  let replies = 0;
  let isCondensed = false;
  let begun = initial;
  const keep = ({ approvals }: AgentState): void => {
    for (const { id, decisions } of approvals)
      found.decisions.set(
        id,
        decisions.map(({ by, decision, at }) => `${by} ${decision} ${at}`),
      );
  };
  for (const event of events) {
    const next = advance(state, event);
    const added = addedSince(state, next);
    // What a fork was given is told where it happened, with the agent that was forked.
    if (event.type === 'fork-loaded') begun = next;
    else if (added) found.entries.push(...added);
    else isCondensed = true;
    if (next.usage.turns > state.usage.turns && event.type === 'model-replied') replies += 1;
    if (next.revision > state.revision) revisions.push(next.revision);
    keep(next);
    state = next;
  }
  return { ...found, revisions, replies, begun, final: state, isCondensed };
}

function ofKind<Kind extends TimelineItem['kind']>(
  items: readonly TimelineItem[],
  kind: Kind,
): ItemOf<Kind>[] {
  return items.filter((item) => isOf(item, kind));
}

/** Asserts that everything in a life is told once: replies, calls, results, messages, decisions, changes of status, cost. */
export function assertToldOnce(
  items: readonly TimelineItem[],
  { initial, events }: { initial: AgentState; events: readonly AgentEvent[] },
): void {
  const found = lookThrough(initial, events);
  const { final } = found;
  assert.equal(new Set(items.map(({ id }) => id)).size, items.length, 'ids are their own');
  assert.deepEqual(
    ofKind(items, 'transition').map(({ transition }) => transition.revision),
    found.revisions,
  );
  assertCalls(items, found);
  if (!found.isCondensed) assertMessages(items, found);
  const asked = new Set(ofKind(items, 'approval').map(({ approval }) => approval.id));
  for (const item of ofKind(items, 'approval'))
    assert.deepEqual(
      item.approval.decisions.map(({ by, decision, at }) => `${by} ${decision} ${at}`),
      found.decisions.get(item.approval.id) ?? [],
      item.id,
    );
  for (const { id } of [...final.approvals, ...openQuestions(final)]) assert.ok(asked.has(id), id);
  assertUsage(items, found.begun, final);
  assertVerdicts(items);
}

/**
 * What the timeline says policy said, which it asks anew, is what was decided then: the approval that was asked, the refusal
 * that the model read, and that nothing ran without leave.
 */
function assertVerdicts(items: readonly TimelineItem[]): void {
  const calls = ofKind(items, 'call').filter(({ carried }) => !carried);
  for (const { approval, at } of ofKind(items, 'approval')) {
    const { id, subject, rule, facts } = approval;
    const call = calls.find(({ approvals }) => approvals.includes(id));
    if (!call || (subject !== 'tool' && subject !== 'suggestion')) continue;
    const said = call.verdicts.find((verdict) => verdict.at === at && verdict.reason === rule);
    assert.deepEqual([said?.mode, said?.facts], [subject === 'tool' ? 'approve' : 'suggest', facts], id);
  }
  for (const { id, verdicts, outcome, args, leave, effect } of calls) {
    const last = verdicts.at(-1);
    const message = outcome?.ok === false ? outcome.error.message : '';
    const refused = /^policy does not allow this call \((.*)\); do not repeat it$/s.exec(message)?.[1];
    if (refused !== undefined) assert.deepEqual([last?.mode, last?.reason], ['deny', refused], id);
    // Facts that have changed by then may have it refused after all.
    if (args.executed && !leave && effect !== 'command')
      assert.ok(
        verdicts.some(({ mode }) => mode === 'auto'),
        id,
      );
  }
}

function assertCalls(items: readonly TimelineItem[], { entries, final }: Found): void {
  const calls = new Map(ofKind(items, 'call').map((item) => [`${item.turn} ${item.index}`, item]));
  const results = new Map<number, number>();
  let requested = ofKind(items, 'call').filter(({ carried }) => carried).length;
  for (const { turn, message } of entries) {
    if (message.role === 'assistant')
      message.calls.forEach(({ name, args }, index) => {
        const item = calls.get(`${turn} ${index}`);
        assert.deepEqual([item?.name, item?.args.proposed], [name, args]);
        assert.ok(
          item?.verdicts.length || item?.outcome?.ok !== true,
          'nothing runs that policy did not judge',
        );
        requested += 1;
      });
    if (message.role !== 'tool') continue;
    const index = results.get(turn) ?? 0;
    results.set(turn, index + 1);
    const outcome = calls.get(`${turn} ${index}`)?.outcome;
    assert.equal(outcome && outcomeText(outcome), message.text);
  }
  assert.equal(calls.size, requested);
  for (const call of final.calls) {
    const item = calls.get(`${final.turn} ${call.index}`);
    assert.deepEqual([item?.status, item?.key, item?.facts], [call.status, call.key, call.facts]);
  }
}

function assertMessages(items: readonly TimelineItem[], { entries, final }: Found): void {
  const messages = ofKind(items, 'message');
  const read = entries.filter(({ message }) => message.role === 'user' || message.role === 'system');
  const told = messages.filter(({ readAt, taken }) => readAt !== undefined && !taken);
  assert.equal(told.length, read.length);
  for (const { message, turn, at } of read) {
    const place = told.findIndex(
      (item) => item.readAt === at && item.readIn === turn && isToldBy(item, message.text),
    );
    assert.ok(place >= 0, message.text);
    told.splice(place, 1);
  }
  const unread = messages.filter(({ readAt }) => readAt === undefined);
  assert.equal(unread.length, final.inbox.length + final.events.length);
}

function isToldBy({ what, name, text, payload }: ItemOf<'message'>, told: string): boolean {
  if (what === 'event') return told === `Event ${name ?? ''}: ${JSON.stringify(payload ?? null)}`;
  return told.endsWith(text ?? '');
}

function assertUsage(items: readonly TimelineItem[], initial: AgentState, final: AgentState): void {
  let [turns, inputTokens, outputTokens, usd] = [0, 0, 0, 0];
  for (const { usage, ignored } of ofKind(items, 'model')) {
    if (!usage || ignored) continue;
    turns += 1;
    inputTokens += usage.inputTokens;
    outputTokens += usage.outputTokens;
    usd += usage.usd;
  }
  turns += ofKind(items, 'crew').length;
  for (const { child, endedAt } of ofKind(items, 'agent')) {
    if (!child.usage || endedAt === undefined) continue;
    turns += child.usage.turns;
    inputTokens += child.usage.inputTokens;
    outputTokens += child.usage.outputTokens;
    usd += child.usage.usd;
  }
  const { usage } = final;
  assert.deepEqual(
    [turns, inputTokens, outputTokens],
    [
      usage.turns - initial.usage.turns,
      usage.inputTokens - initial.usage.inputTokens,
      usage.outputTokens - initial.usage.outputTokens,
    ],
  );
  assert.ok(Math.abs(usd - (usage.usd - initial.usage.usd)) < 1e-9);
}
