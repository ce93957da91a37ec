import assert from 'node:assert/strict';
import { AgentState } from '../../src/contracts/state.ts';
import { isStep, type StepCommand } from '../../src/contracts/command.ts';
import { StatusDocument } from '../../src/contracts/status.ts';
import { wakesOf } from '../../src/core/clock.ts';
import { commandsOf, isHeld } from '../../src/core/commands.ts';
import { isOverfull } from '../../src/core/compaction.ts';
import { interruptionsOf } from '../../src/core/interruptions.ts';
import { searchAttributes, statusDocument } from '../../src/core/status-document.ts';
import { statusMarkdown } from '../../src/core/status-text.ts';

/** Every call of the context has its result behind it, in order, and no result stands alone. */
export function assertCallsHaveResults({ context, phase }: AgentState): void {
  let open: string[] = [];
  for (const { message } of context) {
    if (message.role === 'tool') {
      assert.equal(message.callId, open.shift(), 'a result belongs to the next open call');
    } else {
      assert.deepEqual(open, [], 'a call is parted from its result');
    }
    if (message.role === 'assistant') open = message.calls.map(({ id }) => id);
  }
  // Calls in progress have no results yet, and those of an agent that was ended never get any.
  if (phase === 'thinking') assert.deepEqual(open, []);
}

/** What holds for every state that an agent can get into. */
export function assertInvariants(state: AgentState): void {
  assert.deepEqual(AgentState.parse(state), state, 'the state is what its schema says');
  assert.deepEqual(JSON.parse(JSON.stringify(state)), state, 'the state survives JSON');
  StatusDocument.parse(statusDocument(state));
  assert.ok(statusMarkdown(state).length > 0);
  assertCallsHaveResults(state);
  assertMoving(state);
  assert.ok(state.usage.turns <= state.limits.turns, 'no more turns than were allowed');
  assert.ok(state.checkpoint <= state.turn);
  const sizeOf = (queue: readonly object[]): number =>
    queue.reduce((size, item) => size + Buffer.byteLength(JSON.stringify(item)), 0);
  assert.deepEqual([state.inboxBytes, state.eventsBytes], [sizeOf(state.inbox), sizeOf(state.events)]);
  const ids = state.approvals.map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length, 'approvals have ids of their own');
  const { transitions, revision, status } = state;
  const last = transitions.at(-1);
  assert.equal(last?.revision ?? 0, revision);
  assert.equal(last?.to ?? 'starting', status);
  transitions.slice(1).forEach((after, position) => {
    const before = transitions[position];
    assert.deepEqual([after.revision, after.from], [(before?.revision ?? 0) + 1, before?.to]);
  });
}

/** Work that gets the agent itself on, rather than its relations with others. */
export function isItsOwn({ type }: StepCommand): boolean {
  return type !== 'look-at-agent' && type !== 'check-condition';
}

/** An agent moves, or says what it waits for, or has ended: it is never stuck without a reason. */
function assertMoving(state: AgentState): void {
  const commands = commandsOf(state);
  const wakes = wakesOf(state);
  const interruptions = interruptionsOf(state);
  const commandIds = commands.map(({ id }) => id);
  assert.equal(new Set(commandIds).size, commandIds.length, 'commands have ids of their own');
  if (state.phase === 'ended') {
    assert.ok(state.outcome);
    assert.deepEqual([commands, wakes, interruptions], [[], [], []]);
    assert.ok(state.approvals.every((approval) => approval.status !== 'open'));
    return;
  }
  assert.equal(state.outcome, undefined);
  assert.ok(interruptions.every(({ resumeBy }) => resumeBy.length > 0));
  if (state.status === 'waiting') {
    assert.ok(interruptions.length > 0, 'whoever waits waits for something');
    assert.ok(wakes.length > 0, 'and not for ever');
    assert.deepEqual(commands.filter(isStep).filter(isItsOwn), []);
    assert.deepEqual(searchAttributes(state).waitingFor.length > 0, true);
  } else if (!isHeld(state) && !isOverfull(state)) {
    assert.ok(commands.length > 0, `${state.status} without work`);
  }
}
