import assert from 'node:assert/strict';
import { commandsOf } from '../../src/core/commands.ts';
import { interruptionsOf } from '../../src/core/interruptions.ts';
import { statusDocument } from '../../src/core/status-document.ts';
import { successorsOf } from '../../src/core/successors.ts';
import { stateAtTurn } from '../../src/core/run-views.ts';
import { recalled } from '../../src/core/tape.ts';
import { timelineOf } from '../../src/core/timeline/project-run.ts';
import { call, factsFor, reply, startedAgent, TestAgent } from '../support/agent-builder.ts';
import { ToldRun } from '../support/told-run.ts';
import { auto, begin, done, ends } from '../support/families.ts';
import { follow, Forked, forkOf, paid, texts } from './forked.ts';

describe('a fork', () => {
  it('of any turn goes the same way with recorded tools, asks nobody and does nothing', () => {
    const other = paid();
    for (const turn of [0, 1, 2, 3, 4]) {
      const agent = forkOf(other, turn);
      assert.deepEqual(follow(agent, other.tape), []);
      assert.deepEqual(agent.state.outcome, other.state.outcome);
      assert.deepEqual(texts(agent.state), texts(other.state));
      assert.deepEqual(agent.state.usage, other.state.usage);
      assert.deepEqual(agent.state.notes, other.state.notes);
      assert.deepEqual(agent.state.approvals, []);
    }
  });

  it('goes the same way where the other agent failed, was refused or said nothing', () => {
    const other = new Forked().load();
    other.asks(call('shout', { what: 'x' }), call('nothing', {}), call('look', { wrong: 1 }));
    other.decide('reject', { message: 'too loud' });
    other.happen({ type: 'model-replied', reply: reply('') });
    other.asks(call('store', { what: 'x' })).fails(0);
    other.modelFails('ModelUnavailable').modelFails('ModelUnavailable').wait(1_000_000);
    other.asks(call('look', { what: 'a' }), call('finish', { result: 'early' })).fails(0);
    other.says('That is all.');
    assert.equal(other.state.status, 'completed');
    for (let turn = 0; turn <= other.state.turn; turn += 1) {
      const agent = forkOf(other, turn);
      assert.deepEqual(follow(agent, other.tape), []);
      assert.deepEqual(agent.state.outcome, other.state.outcome);
      assert.deepEqual(texts(agent.state), texts(other.state));
    }
  });

  it('of an agent that is still at work follows it as far as it got, then asks the model', () => {
    const other = new Forked().load();
    other.asks(call('look', { what: 'a' })).succeeds(0);
    other.asks(call('look', { what: 'b' })).succeeds(0);
    const agent = forkOf(other, 0);
    assert.deepEqual(follow(agent, other.tape), ['call-model']);
    assert.equal(agent.state.turn, 3);
    assert.equal(agent.state.origin?.following, false);
  });

  it('with another result differs only after it: calls that were made before end as they did', () => {
    const other = paid();
    const agent = forkOf(other, 1, {
      fork: { results: [{ turn: 1, call: 1, result: { invoices: ['I-1', 'I-2'] } }] },
    });
    assert.deepEqual(follow(agent, other.tape), ['call-model']);
    const changed = texts(agent.state).filter(
      (entry, index) => JSON.stringify(entry) !== JSON.stringify(texts(other.state)[index]),
    );
    assert.deepEqual(changed.length, 1);
    agent.asks(call('pay', { invoice: 'I-1' }), call('pay', { invoice: 'I-2' }), call('look', { what: 'z' }));
    // The first payment is on the record; the second is not, and is an effect; looking does no harm.
    assert.deepEqual(follow(agent, other.tape).toSorted(), ['assess-calls', 'run-tool']);
    agent.assessed(1, factsFor.auto);
    agent.succeeds(2);
    assert.deepEqual(agent.lastResults(3), ['ok', 'Proposed', 'ok']);
  });

  it('with another message, model or instructions asks the model at once', () => {
    const other = paid();
    const told = forkOf(other, 1, { fork: { messages: [{ turn: 0, nth: 1, text: 'Count peas.' }] } });
    assert.match(JSON.stringify(told.state.context[1]), /Count peas\./);
    const instructed = forkOf(other, 1, { fork: { instructions: 'Be careful.' } });
    assert.match(instructed.state.context[0]?.message.text ?? '', /^Be careful\.\n[^]*the agent "a1"/);
    const again = forkOf(other, 1, { fork: { again: true } });
    const modelled = forkOf(other, 1, { start: { model: 'third' } });
    for (const agent of [told, instructed, again, modelled])
      assert.deepEqual(follow(agent, other.tape), ['call-model']);
    const [command] = commandsOf(modelled.state);
    assert.ok(command?.type === 'call-model' && command.request.model === 'third');
  });

  it('among the turns of a crew is refused, and says what can be forked', () => {
    const options = {
      definition: {
        crew: { members: ['reader', 'critic'], order: 'in-order' as const },
        budget: { turns: 20 },
      },
      tools: { delegate: auto },
    };
    const other = new Forked(options).load(options);
    for (const [index, found] of ['seven', 'too few'].entries())
      ends(begin(other, index), done(found), index);
    other.says('Seven, which is too few.');
    for (const turn of [0, 1]) {
      const { outcome } = forkOf(other, turn).state;
      assert.ok(outcome?.status === 'failed', `${turn}`);
      assert.equal(outcome.failure.type, 'Conflict');
      assert.match(outcome.failure.message, /a1@[01] is among the turns of its crew: fork a later one$/);
    }
    assert.notEqual(forkOf(other, 2, { fork: { again: true } }).state.status, 'failed');
  });

  it('has the turns before it in the agent that was forked alone, in any of its runs', () => {
    const other = paid();
    const initial = new TestAgent({ id: 'b2', start: { fork: { agent: 'a1', turn: 2, tools: 'recorded' } } })
      .state;
    const agent = forkOf(other, 2);
    assert.deepEqual(follow(agent, other.tape), []);
    const first = new ToldRun(initial).tell(agent.events);
    const later = new ToldRun(first.state);
    for (const [run, previous] of [
      [first, undefined],
      [later, 'run-1'],
    ] as const) {
      const message = 'turns up to 1 are those of the agent that it was forked from: a1@1';
      assert.deepEqual(stateAtTurn(run, 1, previous), {
        ok: false,
        rejection: { type: 'NotFound', message },
      });
    }
    const begun = stateAtTurn(first, 2, undefined);
    assert.ok(begun.ok && begun.state.checkpoint === 2 && begun.state.phase === 'thinking');
  });

  it('of an agent that had ended goes on only if something is different', () => {
    const other = paid();
    assert.equal(forkOf(other, 4).state.status, 'completed');
    assert.equal(forkOf(other, 4, { fork: { tools: 'live' } }).state.status, 'completed');
    assert.equal(forkOf(other, 4, { fork: { again: true } }).state.status, 'thinking');
  });

  it('on dry tools only proposes effects, and says what policy would have done; what it refuses stays refused', () => {
    const other = paid();
    const agent = forkOf(other, 1, { fork: { tools: 'dry' } });
    assert.deepEqual(follow(agent, other.tape), ['call-model']);
    agent.asks(
      ...[call('pay', { invoice: 'I-1' }), call('store', { what: 'x' }), call('shout', { what: 'x' })],
      ...[call('pay', { invoice: 'I-3' })],
    );
    agent.assessed(0, factsFor.approve).assessed(3, factsFor.deny);
    assert.deepEqual(agent.lastResults(4), ['Proposed', 'Proposed', 'Proposed', 'Forbidden']);
    assert.match(JSON.stringify(agent.results), /people would have been asked \(approve\)/);
    assert.match(JSON.stringify(agent.results), /it would have run by itself/);
  });

  it('on live tools acts under keys of its own and asks people again', () => {
    const other = paid();
    const agent = forkOf(other, 1, { fork: { tools: 'live' } });
    assert.deepEqual(follow(agent, other.tape), ['call-model']);
    // Another chain of runs; the test's agents all have the same name for theirs.
    agent.state = { ...agent.state, firstRunId: 'run-2' };
    agent.asks(call('pay', { invoice: 'I-1' })).assessed(0, factsFor.approve);
    const { id } = agent.approval;
    assert.ok(!other.events.some((event) => JSON.stringify(event).includes(id)));
    agent.decide('approve');
    const [run] = commandsOf(agent.state);
    assert.ok(run?.type === 'run-tool' && run.invocation.key.startsWith('run-2/2/0/'));
  });

  it('takes over no decision, leave, claim, pause or message of the other', () => {
    const other = new Forked().load();
    other.send('grant', { tool: 'shout', until: new Date(other.now + 86_400_000).toISOString(), by: 'ann' });
    other.send('pause', { by: 'ann' });
    other.asks(call('look', { what: 'a' })).succeeds(0);
    const agent = forkOf(other, 1, { fork: { tools: 'live' } });
    const { standing, approvals, paused } = agent.state;
    assert.deepEqual({ standing, approvals, paused }, { standing: [], approvals: [], paused: undefined });
  });

  it('has the life and the budget of the other from now on, or its own', () => {
    const other = paid({ definition: { budget: { turns: 9, usd: 3 } } });
    const inherited = forkOf(other, 2).state;
    assert.deepEqual([inherited.limits.turns, inherited.limits.usd], [9, 3]);
    assert.equal(
      inherited.limits.deadlineAt - inherited.startedAt,
      other.state.limits.deadlineAt - other.state.startedAt,
    );
    const own = forkOf(other, 1, { start: { budget: { turns: 2, deadline: '1h' } } });
    assert.equal(own.state.limits.deadlineAt, own.state.startedAt + 3_600_000);
    follow(own, other.tape);
    assert.deepEqual(
      interruptionsOf(own.state).map(({ kind }) => kind),
      ['budget'],
    );
  });

  it('that is told something by people goes its own way', () => {
    const other = paid();
    const agent = forkOf(other, 0);
    agent.send('message', { text: 'Only look', by: 'carla' });
    assert.deepEqual(follow(agent, other.tape), ['call-model']);
    assert.equal(agent.state.turn, 2);
    assert.match(JSON.stringify(agent.state.context.at(-1)), /Only look/);
  });

  for (const lifetime of ['task', 'persistent'] as const) {
    it(`that is told something before it knows where it begins reads it, forked at the end of a ${lifetime}`, () => {
      const other = paid({ definition: { lifetime } });
      const last = other.state.turn;
      const whileItLoads = (agent: TestAgent): void =>
        void agent.send('message', { text: 'And now?', by: 'carla' });
      const agent = forkOf(other, last, { fork: { tools: 'live' }, whileItLoads });
      assert.equal(agent.state.turn, last + 1);
      assert.match(JSON.stringify(agent.state.context.at(-1)), /And now/);
      assert.equal(forkOf(other, last, { fork: { tools: 'live' } }).state.turn, last);
    });
  }

  it('that can not be made ends, and says why', () => {
    const other = paid();
    const failures = [
      forkOf(other, 1, { start: { agent: 'baker' } }),
      forkOf(other, 1, { fork: { results: [{ turn: 2, call: 1, result: 1 }] } }),
      forkOf(other, 1, { fork: { messages: [{ turn: 0, nth: 2, text: 'x' }] } }),
    ].map(({ state }) => state.outcome);
    assert.match(JSON.stringify(failures), /a1@1 is one of clerk/);
    assert.match(JSON.stringify(failures), /there is no result of call 1 in turn 2/);
    assert.match(JSON.stringify(failures), /there is no message 2 in turn 0/);
    const unknown = new TestAgent({ start: { fork: { agent: 'x', turn: 1, tools: 'dry' } } });
    unknown.happen({ type: 'definition-failed', problem: { type: 'NotFound', message: 'no agent x' } });
    assert.equal(unknown.state.status, 'failed');
  });

  it('is told of as what it did itself, in its timeline', () => {
    const other = paid();
    const agent = forkOf(other, 2);
    follow(agent, other.tape);
    const { events } = agent;
    const fork = { agent: 'a1', turn: 2, tools: 'recorded' } as const;
    const { state: initial } = new TestAgent({ id: 'b2', start: { fork, input: '' } });
    const told = timelineOf(
      { initial, events, started: [], startedAfter: [], endings: new Map() },
      new Map(),
    );
    const turns = told.filter(({ kind }) => kind === 'turn').map(({ turn }) => turn);
    assert.deepEqual(turns, [3, 4]);
    const calls = told.filter(({ kind }) => kind === 'call');
    assert.equal(calls.length, 3);
    assert.deepEqual(
      told.filter(({ kind }) => kind === 'message' || kind === 'crew').map(({ turn }) => turn),
      [],
    );
  });

  it('without the record fails rather than acts', () => {
    const other = paid();
    const agent = forkOf(other, 1);
    agent.happen({ type: 'record-lost', problem: { type: 'NotFound', message: 'past the retention' } });
    assert.match(JSON.stringify(agent.state.outcome), /what agent a1 did can't be read: past the retention/);
  });

  it('begins nothing after it unless its tools are live, and says where it comes from', () => {
    const dependents = [{ agent: 'next', input: '' }];
    const other = paid({ definition: { dependents } });
    assert.equal(successorsOf(other.state).length, 1);
    assert.deepEqual(successorsOf(forkOf(other, 4).state), []);
    assert.equal(successorsOf(forkOf(other, 4, { fork: { tools: 'live' } }).state).length, 1);
    assert.deepEqual(statusDocument(forkOf(other, 2).state).fork, {
      agent: 'a1',
      turn: 2,
      tools: 'recorded',
    });
  });

  it('of an agent below another one may do no more than that one', () => {
    const parent = {
      ...{ agent: 'top', run: 'r', path: ['boss'], depth: 1, requester: 'ann' },
      grants: [{ by: 'boss', only: true, tools: { look: [{ mode: 'auto' as const }] } }],
    };
    const other = new Forked({ start: { parent } }).load();
    other.asks(call('look', { what: 'a' })).succeeds(0);
    const agent = forkOf(other, 1, { fork: { tools: 'live' }, start: { requester: 'carla' } });
    agent.asks(call('store', { what: 'x' }));
    assert.deepEqual(agent.lastResults(1), ['Forbidden']);
    assert.equal(agent.state.start.parent?.requester, 'carla');
    assert.equal(agent.state.parentLook, undefined);
  });
});

describe('what is on the record', () => {
  it('is the same call in the same place, else the next one, else the last one', () => {
    const agent = startedAgent();
    const other = new Forked().load();
    for (const number of [1, 2, 3]) other.asks(call('look', { what: 'a' })).succeeds(0, { number });
    const wanted = { name: 'look', argsHash: agent.asks(call('look', { what: 'a' })).call(0).argsHash };
    const found = [1, 2, 3, 4].map((turn) => recalled(other.tape, { ...wanted, turn, index: 0 }));
    assert.deepEqual(
      found.map((outcome) => outcome?.ok && outcome.result),
      [{ number: 1 }, { number: 2 }, { number: 3 }, { number: 3 }],
    );
    assert.equal(recalled(other.tape, { ...wanted, name: 'weigh', turn: 1, index: 0 }), undefined);
  });
});
