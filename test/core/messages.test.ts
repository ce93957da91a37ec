import assert from 'node:assert/strict';
import { wakesOf } from '../../src/core/clock.ts';
import { commandsOf, isHeld } from '../../src/core/commands.ts';
import { call, DAY_MS, HOUR_MS, startedAgent, TestAgent } from '../support/agent-builder.ts';

const by = 'bob';

describe('messages', () => {
  it('are read at the next turn, in order, with their senders', () => {
    const agent = startedAgent();
    agent.send('message', { text: 'One.', by: 'ann' });
    agent.send('message', { text: 'Two.', by });
    assert.equal(agent.state.context.length, 2);
    agent.asks(call('note', { text: 'n' }));
    const heard = agent.state.context.slice(-2).map((entry) => [entry.by, entry.turn, entry.message]);
    assert.deepEqual(heard, [
      ['ann', 2, { role: 'user', text: 'Message from ann:\nOne.' }],
      ['bob', 2, { role: 'user', text: 'Message from bob:\nTwo.' }],
    ]);
  });

  it('with an id that was seen change nothing', () => {
    const agent = startedAgent();
    const message = { text: 'One.', by, id: 'm1' };
    assert.equal(agent.send('message', message), undefined);
    const before = agent.state;
    assert.equal(agent.send('message', message), undefined);
    assert.equal(agent.send('message', { ...message, text: 'Changed.', revision: 0 }), undefined);
    assert.deepEqual(agent.state, before);
    agent.send('event', { name: 'mail', id: 'm1' });
    assert.equal(agent.state.events.length, 1, 'ids of events are their own');
  });

  it('said again of the same revision change nothing, where they have no id', () => {
    const agent = startedAgent();
    agent.send('pause', { by });
    for (const [name, words] of [
      ['message', { text: 'One.' }],
      ['event', { name: 'mail' }],
      ['extendBudget', { turns: 5 }],
      ['resume', {}],
    ] as const) {
      const said = { ...words, by, revision: agent.state.revision };
      assert.equal(agent.send(name, said), undefined, name);
      const before = agent.state;
      assert.equal(agent.send(name, said), undefined, name);
      assert.deepEqual(agent.state, before, name);
      // Others have seen the same, and say it for themselves.
      assert.equal(agent.send(name, { ...said, by: 'ann' })?.type, 'Conflict', name);
    }
  });

  it('are bounded in number; senders are told', () => {
    const agent = startedAgent();
    assert.equal(agent.send('message', { text: 'm5', by, id: 'm5' }), undefined);
    // As many as there may be, and one less.
    const full = <Item>(item: Item): Item[] => Array.from({ length: 9_999 }, () => item);
    agent.state = {
      ...agent.state,
      inbox: [...agent.state.inbox, ...full({ text: 'm', by })],
      events: full({ name: 'e' }),
    };
    assert.equal(agent.send('event', { name: 'e' }), undefined);
    const refused = agent.send('message', { text: 'more', by, id: 'more' });
    assert.equal(refused?.type, 'Conflict');
    assert.match(refused.message, /10000 messages/);
    assert.equal(agent.send('event', { name: 'e' })?.type, 'Conflict');
    assert.equal(agent.send('message', { text: 'm5', by, id: 'm5' }), undefined, 'a repeat is no news');
    agent.asks(call('note', { text: 'n' }));
    assert.equal(
      agent.send('message', { text: 'more', by, id: 'more' }),
      undefined,
      'a refused one was not seen',
    );
  });

  it('are read in the order they came, as many as a turn may take in, until none is left', () => {
    const agent = startedAgent({ definition: { contextWindow: 2_000 } });
    const sent = Array.from({ length: 500 }, (_, n) => `m${n}: ${'漢'.repeat(30)}`);
    for (const text of sent) assert.equal(agent.send('message', { text, by }), undefined);
    const heard: string[] = [];
    for (let turn = 0; agent.state.inbox.length > 0; turn += 1) {
      assert.ok(turn < 20);
      agent.asks(call('note', { text: 'n' }));
      const news = agent.state.context.flatMap(({ message, by: sender, turn: read }) =>
        sender === by && read === agent.state.turn ? [message.text.split('\n')[1] ?? ''] : [],
      );
      assert.ok(news.length > 0 && Buffer.byteLength(news.join()) < 40_000);
      heard.push(...news);
    }
    assert.deepEqual(heard, sent);
  });

  it('wait in the queue while no model answers, however often it is asked', () => {
    const agent = startedAgent({ definition: { contextWindow: 2_000, models: ['only'] } });
    const text = 'x'.repeat(19_000);
    let most = 0;
    for (let round = 0; round < 50; round += 1) {
      for (let n = 0; n < 20; n += 1) agent.send('message', { text, by });
      agent.modelFails('ModelUnavailable').wait(HOUR_MS);
      most = Math.max(most, agent.state.contextSize);
    }
    assert.ok(most < 60_000, `the context grew to ${most} characters`);
    assert.ok(agent.state.inboxBytes > 250_000);
  });

  it('are bounded in size, since what waits is carried in one payload', () => {
    const agent = startedAgent();
    const page = { text: 'x'.repeat(90_000), by };
    for (let n = 0; n < 3; n += 1) assert.equal(agent.send('message', page), undefined);
    assert.equal(agent.send('message', page)?.type, 'Conflict');
    assert.equal(agent.state.inbox.length, 3);
    agent.asks(call('note', { text: 'n' }), call('wait_for_event', { name: 'mail' }));
    assert.equal(agent.send('event', { name: 'mail', payload: 'x'.repeat(400_000) })?.type, 'Invalid');
    assert.equal(agent.send('event', { name: 'mail', payload: 'x'.repeat(100_000) }), undefined);
    assert.equal(agent.send('message', page), undefined);
  });

  it('are measured in bytes, not in characters', () => {
    const agent = startedAgent();
    const page = { text: '漢'.repeat(90_000), by };
    assert.equal(agent.send('message', page), undefined);
    assert.equal(agent.send('message', page)?.type, 'Conflict');
    assert.equal(agent.send('event', { name: 'mail', payload: '漢'.repeat(60_000) })?.type, 'Invalid');
  });

  it('are recognised by the last 10,000 ids, in little room', () => {
    const agent = startedAgent();
    const seenIds = Array.from({ length: 9_999 }, (_, n) => `old${n}`);
    agent.state = { ...agent.state, seenIds };
    agent.send('message', { text: 'One.', by, id: '長'.repeat(200) });
    agent.send('message', { text: 'Two.', by, id: 'two' });
    assert.equal(agent.state.seenIds.length, 10_000);
    assert.equal(agent.state.seenIds[0], 'old1');
    assert.ok(agent.state.seenIds.slice(-2).every((id) => Buffer.byteLength(id) <= 40));
    agent.send('message', { text: 'One.', by, id: '長'.repeat(200) });
    assert.equal(agent.state.inbox.length, 2);
  });

  it('based on another revision are a conflict', () => {
    const agent = startedAgent();
    const { revision } = agent.state;
    for (const [name, payload] of [
      ['message', { text: 'One.', by }],
      ['event', { name: 'e' }],
      ['pause', { by }],
      ['stop', { by }],
      ['resume', { by }],
      ['extendBudget', { by, turns: 1 }],
    ] as const) {
      const other = new TestAgent().load();
      assert.equal(other.send(name, { ...payload, revision: revision + 1 })?.type, 'Conflict', name);
      assert.equal(
        other.send(name, { ...payload, revision: other.state.revision - 1 })?.type,
        'Conflict',
        name,
      );
      assert.equal(other.send(name, { ...payload, revision: other.state.revision }), undefined, name);
    }
  });

  it('that are refused or can not be read leave a line in the log and nothing else', () => {
    const agent = startedAgent();
    const before = agent.state;
    agent.happen({ type: 'message-refused', name: 'signal decide', reason: 'by: missing' });
    const { transitions, revision, ...rest } = agent.state;
    const { transitions: earlier, revision: last, ...same } = before;
    assert.deepEqual(rest, same);
    assert.equal(revision, last + 1);
    assert.equal(transitions.length, earlier.length + 1);
    assert.match(transitions.at(-1)?.cause ?? '', /by: missing/);
  });

  it('are refused as Closed once the agent has ended', () => {
    const agent = startedAgent().says('Done.');
    const before = agent.state;
    for (const name of ['pause', 'resume', 'stop'] as const) {
      assert.equal(agent.send(name, { by })?.type, 'Closed');
    }
    assert.equal(agent.send('message', { text: 'One.', by })?.type, 'Closed');
    assert.deepEqual(agent.state, before);
  });
});

/** An agent in each status that people can meet. */
const statuses: Record<string, () => TestAgent> = {
  starting: () => new TestAgent(),
  thinking: () => startedAgent(),
  acting: () => startedAgent().asks(call('store', { what: 'a' })),
  'waiting for people': () => startedAgent().asks(call('shout', { what: 'a' })),
  'waiting for an event': () => startedAgent().asks(call('wait_for_event', { name: 'e' })),
  idle: () => startedAgent({ definition: { lifetime: 'persistent' } }).says('Done.'),
  'rate limited': () => startedAgent().modelFails('ModelRateLimited', 1_000),
  'out of budget': () =>
    startedAgent({ definition: { budget: { turns: 1 } } }).asks(call('note', { text: 'n' })),
};

describe('pause, resume and stop', () => {
  for (const [status, make] of Object.entries(statuses)) {
    it(`work while ${status}`, () => {
      const agent = make();
      const { status: before, paused: _none, ...rest } = agent.state;
      assert.equal(agent.send('pause', { by, reason: 'lunch' }), undefined);
      assert.equal(agent.state.status, 'paused');
      assert.ok(isHeld(agent.state));
      assert.deepEqual(agent.state.paused, { by, reason: 'lunch', at: agent.now });
      assert.equal(agent.send('resume', { by }), undefined);
      assert.equal(agent.state.status, before);
      assert.equal(isHeld(agent.state), false);
      const { paused: _lifted, status: _status, ...after } = agent.state;
      assert.deepEqual({ ...after, revision: 0, transitions: [] }, { ...rest, revision: 0, transitions: [] });
      assert.equal(agent.send('stop', { by, reason: 'enough' }), undefined);
      assert.equal(agent.state.status, 'closing');
      agent.happen({ type: 'drained' });
      assert.ok(agent.state.outcome?.status === 'cancelled');
      assert.match(agent.state.outcome.reason, /^stopped by bob: enough/);
      assert.deepEqual([commandsOf(agent.state), wakesOf(agent.state)], [[], []]);
    });

    it(`nothing new starts after stop while ${status}, and cancelling ends at once`, () => {
      const agent = make();
      agent.send('stop', { by });
      agent.send('pause', { by });
      agent.send('resume', { by });
      assert.equal(agent.state.status, 'closing');
      assert.ok(isHeld(agent.state));
      agent.happen({ type: 'cancelled', reason: 'cancelled through Temporal' });
      assert.equal(agent.state.status, 'cancelled');
      const ended = agent.state;
      agent.happen({ type: 'drained' }).load().says('late').wait(DAY_MS);
      assert.deepEqual(agent.state, ended);
    });
  }

  it('a message to an agent that is being stopped is refused, since nobody would read it', () => {
    const agent = startedAgent().asks(call('wait_for_event', { name: 'mail' }));
    agent.send('message', { text: 'One.', by, id: 'm1' });
    agent.send('stop', { by });
    assert.equal(agent.send('message', { text: 'Two.', by })?.type, 'Closed');
    assert.equal(agent.send('event', { name: 'mail' })?.type, 'Closed');
    assert.equal(
      agent.send('message', { text: 'One.', by, id: 'm1' }),
      undefined,
      'a repeat is answered as before',
    );
    assert.equal(agent.state.inbox.length, 1);
  });

  it('a drained agent that was not stopped goes on', () => {
    assert.equal(startedAgent().happen({ type: 'drained' }).state.status, 'thinking');
  });

  it('what was in flight at a pause is recorded', () => {
    const agent = startedAgent().asks(call('store', { what: 'a' }));
    agent.send('pause', { by });
    agent.succeeds(0);
    assert.equal(agent.state.turn, 2);
    assert.equal(agent.state.status, 'paused');
    agent.send('resume', { by });
    assert.equal(agent.state.status, 'thinking');
  });

  it('a decision taken during a pause is carried out after it', () => {
    const agent = startedAgent().asks(call('shout', { what: 'a' }));
    agent.send('pause', { by });
    agent.decide('approve');
    assert.equal(agent.state.status, 'paused');
    agent.send('resume', { by });
    assert.equal(agent.state.status, 'acting');
    assert.equal(commandsOf(agent.state).length, 1);
  });

  it('resume ends a sleep, a rate limit and an outage, but answers no question', () => {
    const agent = startedAgent().asks(
      call('sleep_until', { after: '2d' }),
      call('ask_human', { question: 'Red?' }),
      call('wait_for_event', { name: 'e' }),
    );
    agent.send('resume', { by });
    assert.deepEqual(
      agent.state.calls.map(({ status }) => status),
      ['done', 'waiting', 'waiting'],
    );
    for (const type of ['ModelRateLimited', 'ModelUnavailable']) {
      const limited = startedAgent().modelFails(type).modelFails(type);
      limited.send('resume', { by });
      assert.equal(limited.state.status, 'thinking', type);
    }
  });

  it('resume during a pause lifts only the pause', () => {
    const agent = startedAgent().asks(call('sleep_until', { after: '2d' }));
    agent.send('pause', { by });
    agent.send('resume', { by });
    assert.equal(agent.state.status, 'waiting');
  });
});
