import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MAX_CHILDREN } from '../../src/contracts/definition.ts';
import { AgentState } from '../../src/contracts/state.ts';
import { MAX_CARRIED_BYTES, MAX_SPENT_SEALS, MAX_START_BYTES } from '../../src/core/bounds.ts';
import { fitToCarry } from '../../src/core/carry.ts';
import { beginRun } from '../../src/core/begin.ts';
import { changesBy } from '../../src/core/changes.ts';
import { call, reply, startedAgent, type TestAgent } from '../support/agent-builder.ts';
import { begin, delegate, done, ends, parent } from '../support/families.ts';
import { anyLife, anyOptions, Life } from './any-life.ts';
import { assertCallsHaveResults } from './invariants.ts';

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
/** Temporal's bound for all arguments of a workflow together. */
const PAYLOAD_BYTES = 2 * 1024 * 1024;

/** Text of so many bytes as JSON, in letters that take one, three or six bytes each. */
const letters = { Latin: 'x', Chinese: '漢', 'control characters': '\u0001' };
const fill = (letter: string, bytes: number): string =>
  letter.repeat(Math.floor(bytes / (bytesOf(letter) - 2)));

/** As much of everything as can come together, and then a turn in which every call waits for people. */
function crowdedAgent(letter: string): TestAgent {
  const input = fill(letter, MAX_START_BYTES - 200).slice(0, 100_000);
  const options = {
    start: { input },
    definition: { instructions: fill(letter, 90_000), lifetime: 'persistent' as const },
    tools: { pay: [{ mode: 'approve' as const, approvers: { quorum: 8 } }] },
  };
  const agent = startedAgent(options);
  // Decisions with long reasons, kept so that a repeat is recognised.
  for (let n = 0; n < 40; n += 1) {
    agent.asks(call('ask_human', { question: fill(letter, 9_000) }));
    agent.decide('respond', { message: fill(letter, 90_000) });
    agent.asks(call('note', { text: fill(letter, 3_900) }), call('look', { what: `${n}` }));
    agent.succeeds(1, { found: fill(letter, 100_000) });
  }
  const seenIds = Array.from({ length: 10_000 }, (_, n) => `${n}`.padStart(20, '0'));
  const spent = seenIds.slice(0, MAX_SPENT_SEALS).map((id) => ({ id, at: agent.now }));
  agent.state = { ...agent.state, seenIds, seals: { spent, forgottenTo: agent.now } };
  for (let n = 0; n < 600; n += 1) agent.send('resume', { by: 'ann', reason: fill(letter, 1_900) });
  giveLeave(agent, letter);
  while (
    agent.send('message', { text: fill(letter, 20_000), by: 'ann', id: `m${agent.state.inbox.length}` }) ===
    undefined
  );
  while (agent.send('event', { name: 'e', payload: fill(letter, 9_000) }) === undefined);
  const share = 115_000 / 32;
  const asked = Array.from({ length: 32 }, (_, n) =>
    n % 3 === 0 ? call('look', { what: fill(letter, share) }) : call('pay', { invoice: fill(letter, share) }),
  );
  agent.happen({ type: 'model-replied', reply: reply(fill(letter, 5_000), asked) });
  asked.forEach(({ name }, index) => {
    if (name === 'look') agent.succeeds(index, { found: fill(letter, 400_000) });
    else agent.assessed(index, { forbidden: false, changed: false, amount: 5_000, why: fill(letter, 2_000) });
  });
  agree(agent, letter);
  while (agent.send('message', { text: fill(letter, 20_000), by: 'bert' }) === undefined);
  while (agent.send('event', { name: 'f', payload: fill(letter, 9_000) }) === undefined);
  return agent;
}

/** Leave for everything, at great length, until no more is taken; what was taken back stays for people to look at. */
function giveLeave(agent: TestAgent, letter: string): void {
  const words = {
    rule: letter.repeat(2_000),
    when: `args.what != "${'x'.repeat(900)}"`,
    reason: letter.repeat(2_000),
  };
  const until = new Date(agent.now + 86_400_000).toISOString();
  const give = (uses: number) => agent.send('grant', { tool: 'pay', by: 'ann', ...words, until, uses });
  for (let uses = 1; give(uses) === undefined; uses += 1);
  for (const { id } of agent.state.standing.slice(0, -1)) agent.send('revoke', { grant: id, by: 'ann' });
  for (let uses = 100; give(uses) === undefined; uses += 1);
}

/** All but one of the people that each question wants say yes, and much else. */
function agree(agent: TestAgent, letter: string): void {
  for (const { id } of agent.state.approvals.filter(({ status }) => status === 'open'))
    for (let n = 1; n < 8; n += 1) {
      const yes = { approval: id, decision: 'approve', by: `p${n}`, message: letter.repeat(100_000) };
      assert.equal(agent.send('decide', yes), undefined);
    }
}

const untouched = [
  ...(['inbox', 'events', 'seenIds', 'seals', 'standing', 'notes', 'usage', 'limits', 'start'] as const),
  ...(['definition', 'manifests', 'turn', 'revision'] as const),
];

/** What people wait for and what nobody has read yet. */
function untouchable(state: AgentState) {
  return {
    ...Object.fromEntries(untouched.map((field) => [field, state[field]])),
    calls: state.calls.map((one) => (one.status === 'done' ? one.key : one)),
    open: state.approvals.filter(({ status }) => status === 'open'),
    first: state.context.slice(0, 2),
  };
}

describe('the state that a run hands to the next', () => {
  for (const [name, letter] of Object.entries(letters)) {
    it(`fits into a payload when everything is full of ${name}, and still holds what counts`, () => {
      const { state } = crowdedAgent(letter);
      assert.ok(bytesOf(state) > MAX_CARRIED_BYTES, `only ${bytesOf(state)} bytes`);
      const carried = fitToCarry(state);
      assert.ok(bytesOf(carried) <= MAX_CARRIED_BYTES, `${bytesOf(carried)} bytes`);
      assert.ok(bytesOf(carried) + bytesOf(state.start) < PAYLOAD_BYTES);
      assert.deepEqual(untouchable(carried), untouchable(state));
      assert.deepEqual(AgentState.parse(JSON.parse(JSON.stringify(carried))), carried);
      assertCallsHaveResults(carried);
      const begun = beginRun(
        state.start,
        { state: carried },
        {
          ...{ agentId: 'a1', firstRunId: 'run-1', at: 0, askedAt: 0, continues: true },
          ...{ occasion: {}, changes: changesBy(() => false) },
        },
      );
      assert.ok(begun.ok);
    });
  }

  it('fits when as many agents as there may be have ended, with much to tell, while nobody reads it', () => {
    const most = { children: MAX_CHILDREN, depth: 1 };
    const agent = parent({ definition: { budget: { turns: 100_000 }, delegation: most } });
    while (agent.state.children.length < MAX_CHILDREN) {
      const from = agent.state.children.length;
      const asked = { input: '漢'.repeat(1_000), wait: false, budget: { turns: 1 } };
      agent.asks(...Array.from({ length: 25 }, () => delegate('helper', asked)));
      for (let index = from; index < from + 25; index += 1) begin(agent, index);
    }
    agent.send('pause', { by: 'ann' });
    for (let index = 0; index < MAX_CHILDREN; index += 1) ends(agent, done('漢'.repeat(9_000)), index);
    const carried = fitToCarry(agent.state);
    assert.equal(carried.inbox.length, MAX_CHILDREN);
    assert.ok(carried.inbox.every(({ text }) => text.includes('has ended. Its result: "漢')));
    assert.ok(bytesOf(carried) <= MAX_CARRIED_BYTES, `${bytesOf(carried)} bytes`);
  });

  it('is what it was as long as that fits', () => {
    fc.assert(
      fc.property(anyOptions, anyLife, (options, life) => {
        const { state } = new Life(options, () => undefined).play(life).agent;
        assert.equal(fitToCarry(state), state);
      }),
      { numRuns: 20 },
    );
  });

  it('lets the agent go on: what waits is decided, what is queued is read', () => {
    const agent = crowdedAgent('漢');
    agent.state = fitToCarry(agent.state);
    const waiting = agent.state.inbox.length;
    for (const { id } of agent.state.approvals.filter(({ status }) => status === 'open'))
      agent.send('decide', { approval: id, decision: 'reject', by: 'ann' });
    assert.equal(agent.state.phase, 'thinking');
    assert.ok(agent.state.inbox.length < waiting);
  });
});
