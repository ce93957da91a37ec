import assert from 'node:assert/strict';
import { commandsOf, modelCallId } from '../../src/core/commands.ts';
import { statusMarkdown } from '../../src/core/status-text.ts';
import { call, HOUR_MS, reply, startedAgent, TestAgent } from '../support/agent-builder.ts';

describe('a turn', () => {
  it('begins with the goal, once the definition is there', () => {
    const agent = new TestAgent({ start: { requester: 'ann' } });
    assert.deepEqual(
      commandsOf(agent.state).map(({ type }) => type),
      ['load-definition'],
    );
    agent.load();
    assert.equal(agent.state.status, 'thinking');
    assert.equal(agent.state.turn, 1);
    const [system, goal] = agent.state.context;
    assert.equal(system?.message.role, 'system');
    assert.deepEqual([goal?.message, goal?.by], [{ role: 'user', text: 'Count the beans.' }, 'ann']);
  });

  it('asks for the definition only once, and ends when there is none', () => {
    const agent = startedAgent();
    const before = agent.state;
    agent.load({ definition: { instructions: 'Something else.' } });
    assert.deepEqual(agent.state, before);
    const problem = { type: 'NotFound', message: 'no definition clerk', retryAfterMs: 5 };
    const lost = new TestAgent().happen({ type: 'definition-failed', problem });
    assert.deepEqual(lost.state.outcome, {
      status: 'failed',
      failure: { type: 'NotFound', message: 'no definition clerk' },
    });
  });

  it('runs its calls side by side and waits for all of them', () => {
    const agent = startedAgent().asks(
      call('store', { what: 'a' }),
      call('store', { what: 'b' }),
      call('ask_human', { question: 'Which?' }),
    );
    assert.deepEqual(
      commandsOf(agent.state).map(({ id }) => id),
      ['run:1:0:1', 'run:1:1:1'],
    );
    agent.succeeds(1);
    assert.equal(agent.state.status, 'acting');
    agent.succeeds(0);
    assert.equal(agent.state.status, 'waiting');
    agent.decide('respond', { message: 'The green one.' });
    assert.equal(agent.state.status, 'thinking');
    assert.equal(agent.state.turn, 2);
    assert.equal(agent.state.checkpoint, 1);
    assert.deepEqual(agent.results.at(-1), { ok: true, result: { answer: 'The green one.', by: 'ann' } });
  });

  it('tells the model the results in the order of its calls', () => {
    const agent = startedAgent().asks(
      call('store', { what: 'a' }, 'one'),
      call('note', { text: 'n' }, 'two'),
      call('store', { what: 'b' }, 'three'),
    );
    agent.succeeds(2).fails(0);
    const told = agent.state.context.flatMap(({ message }) =>
      message.role === 'tool' ? [message.callId] : [],
    );
    assert.deepEqual(told, ['one', 'two', 'three']);
    assert.deepEqual(agent.lastResults(3), ['NotFound', 'ok', 'ok']);
  });

  it('gives back as data what is wrong with a call', () => {
    const malformed = {
      id: 'm',
      name: 'look',
      args: { type: 'malformed' as const, text: '{', reason: 'cut off' },
    };
    const agent = startedAgent({ tools: { ghost: [{ mode: 'auto' }] } }).asks(
      malformed,
      call('delete_all'),
      call('ghost'),
      call('look', { what: 5 }),
      call('look', { what: 'x', extra: 1 }),
      call('look'),
      call('constructor'),
      call('sleep_until', {}),
    );
    const types = ['Invalid', 'NotFound', 'NotFound', 'Invalid', 'Invalid', 'Invalid', 'NotFound', 'Invalid'];
    assert.deepEqual(agent.lastResults(8), types);
    assert.equal(agent.state.turn, 2);
    const [cut, unlisted, , wrong] = agent.results.map((outcome) =>
      outcome.ok ? '' : outcome.error.message,
    );
    assert.match(cut ?? '', /cut off/);
    assert.match(unlisted ?? '', /the tools are: look, weigh/);
    assert.match(wrong ?? '', /what/);
  });

  it('does not know a tool that exists but is not listed', () => {
    const agent = new TestAgent();
    agent.load();
    const { definition } = agent.state;
    assert.ok(definition);
    agent.state = { ...agent.state, definition: { ...definition, tools: { note: [{ mode: 'auto' }] } } };
    agent.asks(call('look', { what: 'x' }), call('finish', { result: 1 }));
    assert.deepEqual(agent.lastResults(2), ['NotFound', 'NotFound']);
  });

  it('refuses more calls than a reply may have, and runs the others', () => {
    const agent = startedAgent().asks(
      ...Array.from({ length: 34 }, (_, n) => call('note', { text: `n${n}` })),
    );
    assert.deepEqual(agent.lastResults(3), ['ok', 'Invalid', 'Invalid']);
    assert.equal(agent.state.notes.length, 32);
  });

  it('cuts a result that is too long, never inside a character', () => {
    const agent = startedAgent().asks(call('store', { what: 'a' }));
    agent.succeeds(0, { text: `x${'😀'.repeat(40_000)}` });
    const told = agent.state.context.findLast(({ message }) => message.role === 'tool')?.message.text ?? '';
    assert.ok(told.length < 65_000);
    assert.match(told, /truncated/);
    assert.ok((JSON.parse(told) as { preview: string }).preview.isWellFormed());
  });
});

describe('finishing', () => {
  const finish = call('finish', { result: { beans: 12 } });

  it('ends the agent with its result', () => {
    const agent = startedAgent().asks(finish);
    assert.deepEqual(agent.state.outcome, { status: 'completed', result: { beans: 12 } });
    assert.equal(agent.state.status, 'completed');
    assert.equal(agent.state.checkpoint, 1);
    assert.match(statusMarkdown(agent.state), /completed/);
  });

  it('waits for the other calls of the reply', () => {
    const agent = startedAgent().asks(finish, call('store', { what: 'a' }));
    assert.equal(agent.state.status, 'acting');
    agent.succeeds(1);
    assert.equal(agent.state.status, 'completed');
  });

  it('is refused when another call failed, so that the model reads why', () => {
    const agent = startedAgent().asks(call('store', { what: 'a' }), finish);
    agent.fails(0);
    assert.deepEqual(agent.lastResults(2), ['NotFound', 'Conflict']);
    assert.equal(agent.state.status, 'thinking');
  });

  it('is refused when somebody has written meanwhile', () => {
    const agent = startedAgent();
    agent.send('message', { text: 'Wait!', by: 'bob' });
    agent.asks(finish);
    assert.deepEqual(agent.lastResults(1), ['Conflict']);
    const last = agent.state.context.at(-1);
    assert.deepEqual([last?.by, last?.message.role], ['bob', 'user']);
    assert.deepEqual(agent.state.inbox, []);
  });

  it('counts once when the model calls it twice', () => {
    const agent = startedAgent().asks(finish, call('finish', { result: 'again' }));
    assert.deepEqual(agent.state.outcome, { status: 'completed', result: { beans: 12 } });
    assert.deepEqual(agent.lastResults(2), ['ok', 'Invalid']);
  });

  it('is refused twice when another call failed', () => {
    const agent = startedAgent().asks(finish, call('ghost'), finish);
    assert.deepEqual(agent.lastResults(3), ['Conflict', 'NotFound', 'Invalid']);
    assert.equal(agent.state.status, 'thinking');
  });

  it('can itself need leave', () => {
    const agent = startedAgent({ tools: { finish: [{ mode: 'approve' }] } }).asks(finish);
    assert.equal(agent.state.status, 'waiting');
    agent.decide('reject', { message: 'count again' });
    assert.deepEqual(agent.lastResults(1), ['Rejected']);
    agent.asks(finish);
    agent.decide('approve');
    assert.equal(agent.state.status, 'completed');
  });
});

describe('a reply without calls', () => {
  it('ends a task agent with that text', () => {
    assert.deepEqual(startedAgent().says('Twelve.').state.outcome, {
      status: 'completed',
      result: 'Twelve.',
    });
  });

  it('does not end it when somebody has written meanwhile', () => {
    const agent = startedAgent();
    agent.send('message', { text: 'Wait!', by: 'bob' });
    agent.says('Twelve.');
    assert.equal(agent.state.status, 'thinking');
    assert.equal(agent.state.turn, 2);
  });

  it('lets a persistent agent idle until a message or event comes', () => {
    for (const [name, payload] of [
      ['message', { text: 'Go on.', by: 'bob' }],
      ['event', { name: 'mail', payload: { from: 'x' } }],
    ] as const) {
      const agent = startedAgent({ definition: { lifetime: 'persistent' } }).says('Done.');
      assert.equal(agent.state.status, 'waiting');
      assert.deepEqual(commandsOf(agent.state), []);
      agent.send(name, payload);
      assert.equal(agent.state.status, 'thinking');
      assert.equal(agent.state.turn, 2);
      assert.match(JSON.stringify(agent.state.context.at(-1)), /Go on|Event mail/);
    }
  });

  it('is not taken for the end when it is empty; after three in a row the model counts as out', () => {
    const agent = startedAgent();
    for (const text of ['', ' \n']) {
      agent.says(text);
      assert.equal(agent.state.status, 'thinking');
      assert.match(JSON.stringify(agent.state.context.at(-1)), /was empty/);
    }
    agent.says('');
    assert.equal(agent.state.suspension?.kind, 'model_outage');
    assert.equal(agent.state.usage.turns, 3);
  });

  it('is not taken for the end when it was cut off, unless that is all that comes', () => {
    const agent = startedAgent();
    agent.happen({ type: 'model-replied', reply: { ...reply('I will now read the inv'), cut: true } });
    assert.equal(agent.state.status, 'thinking');
    assert.match(JSON.stringify(agent.state.context.at(-1)), /was cut off/);
    agent.says('All of it is read.');
    assert.deepEqual(agent.state.outcome, { status: 'completed', result: 'All of it is read.' });
    const other = startedAgent();
    for (const text of ['one', 'two', 'three']) {
      assert.equal(other.state.outcome, undefined);
      other.happen({ type: 'model-replied', reply: { ...reply(text), cut: true } });
    }
    assert.deepEqual(other.state.outcome, { status: 'completed', result: 'three' });
  });

  it('is not taken for the end when it announced a call that did not come', () => {
    const agent = startedAgent();
    const finishReason = 'tool_calls';
    agent.happen({ type: 'model-replied', reply: { ...reply('Let me look.'), finishReason, cut: true } });
    assert.match(JSON.stringify(agent.state.context.at(-1)), /announced a tool call/);
    agent.says('There is nothing.');
    assert.deepEqual(agent.state.outcome, { status: 'completed', result: 'There is nothing.' });
  });

  it('says why replies are empty where the server does', () => {
    const agent = startedAgent();
    for (let replies = 0; replies < 3; replies += 1) agent.says('', 'content_filter');
    const { suspension } = agent.state;
    assert.ok(suspension?.kind === 'model_outage');
    assert.match(
      suspension.reason,
      /3 empty replies in a row, the last with the finish reason content_filter/,
    );
  });

  it('pauses longer each time when only empty replies come', () => {
    const agent = startedAgent();
    const pauses: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      while (!agent.state.suspension) agent.says('');
      assert.ok(agent.state.suspension.kind === 'model_outage');
      pauses.push(agent.state.suspension.until - agent.now);
      agent.wait(agent.state.suspension.until - agent.now);
    }
    assert.deepEqual(pauses, [30_000, 60_000, 120_000]);
    agent.asks(call('note', { text: 'there you are' }));
    assert.equal(agent.state.modelFailures, 0);
  });

  it('changes nothing when nobody asked for it', () => {
    const agent = startedAgent().modelFails('ModelRateLimited');
    const before = agent.state;
    agent.happen({ type: 'model-replied', reply: reply('late') });
    agent.modelFails('ModelUnavailable');
    assert.deepEqual(agent.state, before);
  });

  it('changes nothing when it was asked for before something came between, and the model is being asked again', () => {
    const agent = startedAgent({ start: { budget: { deadline: '1h' } } });
    const command = modelCallId(agent.state);
    agent.send('pause', { by: 'ann' });
    agent.wait(2 * HOUR_MS);
    agent.send('resume', { by: 'ann' });
    assert.equal(agent.state.suspension?.kind, 'budget');
    agent.send('extendBudget', { by: 'ann', deadline: '1d' });
    agent.asks(call('note', { text: 'it took long' }));
    const before = agent.state;
    assert.equal(before.turn, 2);
    agent.happen({ type: 'model-replied', command, reply: reply('', [call('note', { text: 'late' })]) });
    agent.happen({ type: 'model-failed', command, problem: { type: 'ModelTimeout', message: 'late' } });
    assert.deepEqual(agent.state, before);
  });
});
