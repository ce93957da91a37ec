import assert from 'node:assert/strict';
import { HeardMessage, parseMessage } from '../../src/contracts/messages.ts';
import { AgentStart } from '../../src/contracts/start.ts';
import { ORPHAN_LOOK_MS } from '../../src/core/bounds.ts';
import { disconnect, mayDrain } from '../../src/core/children.ts';
import { commandsOf, newCommands } from '../../src/core/commands.ts';
import { startOf } from '../../src/core/delegate.ts';
import { interruptionsOf } from '../../src/core/interruptions.ts';
import { call, factsFor, HOUR_MS, START_AT, startedAgent, type TestAgent } from '../support/agent-builder.ts';
import {
  auto,
  begin,
  below,
  child,
  delegate,
  done,
  ends,
  parent,
  starts,
  used,
} from '../support/families.ts';

const asking = (people: string[]) => ({ mode: 'approve' as const, approvers: { people } });

describe('the budget of a tree', () => {
  it('is divided evenly among those that a turn delegates to and the agent itself', () => {
    const agent = parent().asks(delegate('one'), delegate('two'), delegate('three'));
    // One of the 40 turns is used.
    assert.deepEqual(
      agent.state.children.map(({ share }) => share.turns),
      [9, 10, 10],
    );
  });

  it("adds up: what is given away is not used twice, and what was used counts as the agent's own", () => {
    const agent = begin(parent().asks(delegate('one', { budget: { turns: 39 }, wait: false })));
    assert.equal(interruptionsOf(agent.state)[0]?.kind, 'budget');
    assert.match(agent.state.suspension?.reason ?? '', /or given to 1 agents that are still at work/);
    ends(agent, done('cheap'));
    assert.equal(agent.state.usage.turns, 4);
    assert.equal(agent.state.phase, 'thinking');
    assert.equal(agent.state.suspension, undefined);
  });

  it('counts the whole share of a child of which nobody knows what it used', () => {
    const agent = begin(parent().asks(delegate('one', { budget: { turns: 10 } })));
    ends(agent, { status: 'failed', failure: { type: 'ChildFailed', message: 'terminated' } });
    assert.equal(agent.state.usage.turns, 11);
  });

  it('gives a child no more than its own definition does, and no more time than its parent has', () => {
    const agent = startedAgent({ ...below(), definition: { budget: { turns: 3, deadline: '10d' } } });
    assert.equal(agent.state.limits.turns, 3);
    assert.equal(agent.state.limits.deadlineAt, START_AT + HOUR_MS);
    const rich = startedAgent({ ...below(), definition: { budget: { turns: 300 } } });
    assert.equal(rich.state.limits.turns, 5);
    const frugal = startedAgent({
      start: { ...below().start, budget: { tokens: 100_000, usd: 0.7 } },
      definition: { budget: { tokens: 20_000, usd: 0.1 } },
    });
    assert.deepEqual([frugal.state.limits.tokens, frugal.state.limits.usd], [20_000, 0.1]);
  });
});

describe('what a child is started with', () => {
  const isStart = (start: unknown): boolean => AgentStart.safeParse(start).success;

  it('is valid however long the id of its parent is, which a message from it and a stop show cut', () => {
    const agent = begin(
      parent({ id: 'a'.repeat(400) }).asks(delegate('one', { wait: false }), delegate('two')),
    );
    begin(agent, 1);
    assert.deepEqual([starts(agent).length, agent.state.children.length], [0, 2]);
    for (const one of agent.state.children) assert.ok(isStart(startOf(agent.state, one)));
    ends(agent, done('cheap'));
    assert.ok(HeardMessage.safeParse(agent.state.inbox[0]).success);
    agent.happen({ type: 'parent-seen', isOpen: false });
    const [stop] = commandsOf(agent.state).filter(({ type }) => type === 'tell-child');
    assert.ok(stop?.type === 'tell-child' && parseMessage('stop', stop.payload).ok);
  });

  it('is valid where more than a year of its parent is left', () => {
    const agent = parent({ definition: { budget: { turns: 40, deadline: '366d' } } });
    agent.send('extendBudget', { by: 'ann', deadline: '30d' });
    agent.asks(delegate('one'));
    assert.ok(isStart(starts(agent)[0]?.start));
  });
});

describe('the rights of a child', () => {
  const strict = { by: 'boss', tools: { pay: [{ mode: 'approve' as const }] }, only: false };

  it('are no more than its parent has: the stricter rule holds', () => {
    const agent = startedAgent(below([strict])).asks(call('pay', { invoice: 'i1' }));
    agent.assessed(0, factsFor.auto);
    assert.match(agent.approval.rule ?? '', /always, says boss, which delegated/);
    const other = startedAgent(below([strict])).asks(call('pay', { invoice: 'i1' }));
    other.assessed(0, factsFor.deny);
    assert.deepEqual(other.lastResults(1), ['Forbidden']);
  });

  it('need the people whom its parent wants as well, where both ask', () => {
    const above = (rule: object) =>
      below([{ by: 'boss', tools: { pay: [{ mode: 'approve' as const, ...rule }] }, only: false }]);
    const asked = (own: object, parents: object, definition: object = {}) => {
      const agent = startedAgent({
        ...above(parents),
        definition,
        tools: { pay: [{ mode: 'approve' as const, ...own }] },
      });
      agent.asks(call('pay', { invoice: 'i1' })).assessed(0, factsFor.auto);
      const { required, approvers, signedIn } = agent.approval;
      return { required, approvers, signedIn };
    };
    const strictly = { approvers: { role: 'operator', quorum: 2, signedIn: true } };
    assert.deepEqual(asked({}, strictly), { required: 2, approvers: { role: 'operator' }, signedIn: true });
    assert.deepEqual(asked({ approvers: { people: ['ann'], quorum: 3 } }, strictly), {
      required: 3,
      approvers: { role: 'operator' },
      signedIn: true,
    });
    assert.deepEqual(asked({ approvers: { people: ['ann'] } }, { approvers: { signedIn: true } }), {
      required: 1,
      approvers: { people: ['ann'] },
      signedIn: true,
    });
    // Nobody but whom the agent above names may decide, so there are no more of them than that.
    const two = { people: ['ann', 'carl'], quorum: 2 };
    assert.deepEqual(asked({ approvers: two }, { approvers: { people: ['bob'] } }), {
      required: 1,
      approvers: { people: ['bob'] },
      signedIn: undefined,
    });
    // Whom the child names can't be as many as the agent above wants, which never becomes fewer.
    assert.deepEqual(asked({ approvers: { people: ['carol'] } }, { approvers: { quorum: 3 } }), {
      ...{ required: 3, approvers: undefined, signedIn: undefined },
    });
    const suggested = { required: 2, approvers: undefined, signedIn: undefined };
    assert.deepEqual(asked({ approvers: { quorum: 2 } }, { mode: 'suggest' }), suggested);
    // As it was where an older worker read the definition.
    assert.deepEqual(asked({}, strictly, { edition: undefined }), {
      required: 1,
      approvers: undefined,
      signedIn: undefined,
    });
  });

  it('ask nobody later but whom the agent above would, where that names people', () => {
    const grant = { by: 'boss', tools: { pay: [asking(['cfo'])] }, only: false };
    const own = { ...asking(['ann']), escalate: [{ after: '1m', people: ['stranger'] }] };
    const agent = startedAgent({ ...below([grant]), tools: { pay: [own] } });
    agent.asks(call('pay', { invoice: 'i1' })).assessed(0, factsFor.auto);
    agent.wait(HOUR_MS);
    assert.deepEqual(agent.approval.approvers, { people: ['cfo'] });
  });

  it('are only those that were granted, where they are named', () => {
    const only = { by: 'boss', tools: { look: auto }, only: true };
    const agent = startedAgent({ ...below([only]), tools: { look: auto, store: auto } });
    agent.asks(call('store', { what: 'x' }), call('note', { text: 'mine' }));
    assert.deepEqual(agent.lastResults(2), ['Forbidden', 'ok']);
  });

  it('have facts established for a rule of a parent', () => {
    const onFacts = {
      by: 'boss',
      tools: { weigh: [{ when: 'facts.heavy', mode: 'deny' as const }] },
      only: false,
    };
    const agent = startedAgent(below([onFacts])).asks(call('weigh', { what: 'x' }));
    assert.equal(commandsOf(agent.state)[0]?.type, 'assess-calls');
  });

  it('are passed on, with what the agent itself may not do freely', () => {
    const agent = startedAgent({ ...below([strict]), tools: { delegate: auto, look: auto } });
    agent.asks(delegate('helper'));
    const grants = starts(agent)[0]?.start.parent?.grants ?? [];
    assert.deepEqual(grants[0], strict);
    assert.equal(grants[1]?.by, 'clerk');
    assert.deepEqual(Object.keys(grants[1].tools).sort(), ['pay', 'shout']);
    assert.deepEqual(agent.state.start.parent?.depth, 2);
    assert.equal(starts(agent)[0]?.start.parent?.depth, 1);
  });
});

describe('pause and stop', () => {
  function tells(agent: TestAgent): string[] {
    return newCommands(agent.state, new Set()).flatMap((command) =>
      command.type === 'tell-child' ? [`${command.signal} ${command.payload.by}`] : [],
    );
  }

  function told(agent: TestAgent): TestAgent {
    const [command] = newCommands(agent.state, new Set()).filter(({ type }) => type === 'tell-child');
    assert.ok(command?.type === 'tell-child');
    return agent.happen({ type: 'child-told', child: command.child, told: command.told });
  }

  it('reach the agents below, also while nothing else is started', () => {
    const agent = begin(parent().asks(delegate('helper')));
    assert.deepEqual(tells(agent), []);
    agent.send('pause', { by: 'ann' });
    assert.deepEqual(tells(agent), ['pause ann']);
    assert.deepEqual(tells(told(agent)), []);
    agent.send('resume', { by: 'ann' });
    assert.deepEqual(tells(agent), ['resume a1']);
    told(agent).send('stop', { by: 'bob' });
    assert.deepEqual(tells(agent), ['stop bob']);
    assert.equal(mayDrain(told(agent).state), false);
    ends(agent, { status: 'cancelled', reason: 'stopped', usage: used });
    assert.ok(mayDrain(agent.state));
  });

  it('do not start an agent that was to be started', () => {
    const agent = parent().asks(delegate('helper'));
    agent.send('stop', { by: 'bob' });
    assert.deepEqual(newCommands(agent.state, new Set()), []);
    assert.ok(mayDrain(agent.state));
  });

  it('end a child that has ended without a word: who is not there to be told is looked at', () => {
    const agent = begin(parent().asks(delegate('helper')));
    agent.send('pause', { by: 'ann' });
    agent.happen({ type: 'child-missed', child: child(agent).id });
    assert.ok(newCommands(agent.state, new Set()).some(({ type }) => type === 'look-at-agent'));
  });
});

describe('agents that Temporal tells nothing of', () => {
  const looks = ({ state }: TestAgent): string[] =>
    newCommands(state, new Set()).flatMap((command) =>
      command.type === 'look-at-agent' ? [command.sight.agentId] : [],
    );

  it('are looked at by the run that did not start them, ever less often, and at once on a hint', () => {
    const agent = begin(parent().asks(delegate('helper')));
    const { id } = child(agent);
    agent.send('childEnded', { child: id });
    assert.deepEqual(looks(agent), [], 'Temporal tells the run that started it');
    agent.state = disconnect(agent.state, agent.now);
    assert.deepEqual(looks(agent), [id]);
    agent.happen({ type: 'child-seen', child: id });
    assert.deepEqual(looks(agent), []);
    assert.deepEqual(looks(agent.wait(60_000)), [id]);
    agent.happen({ type: 'child-seen', child: id });
    assert.deepEqual(looks(agent.wait(60_000)), []);
    agent.send('childEnded', { child: id });
    assert.deepEqual(looks(agent), [id]);
    // It says so a moment before Temporal knows.
    agent.happen({ type: 'child-seen', child: id });
    assert.deepEqual(looks(agent), []);
    assert.deepEqual(looks(agent.wait(1_000)), [id]);
    agent.happen({ type: 'child-seen', child: id });
    assert.deepEqual(looks(agent.wait(1_000)), []);
    assert.deepEqual(looks(agent.wait(1_000)), [id]);
    ends(agent, done('at last'));
    assert.deepEqual(agent.lastResults(1), ['ok']);
  });

  it('are missed: an agent whose parent is gone stops', () => {
    const agent = startedAgent(below());
    assert.deepEqual(looks(agent.wait(ORPHAN_LOOK_MS)), ['boss-1']);
    agent.happen({ type: 'parent-seen', isOpen: true });
    assert.deepEqual(looks(agent), []);
    agent.wait(ORPHAN_LOOK_MS).happen({ type: 'parent-seen', isOpen: false });
    assert.equal(agent.state.status, 'closing');
    assert.match(agent.state.stopping?.reason ?? '', /has ended/);
  });
});
