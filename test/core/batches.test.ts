import assert from 'node:assert/strict';
import { commandsOf } from '../../src/core/commands.ts';
import { call, startedAgent, type TestAgent } from '../support/agent-builder.ts';

const pay = call('pay', { invoice: 'i1' });

/** The invocations that the state asks for, by type of command. */
function asked(agent: TestAgent): string[] {
  return commandsOf(agent.state).map((command) =>
    'invocations' in command
      ? `${command.type} ${command.invocations.map(({ tool }) => tool).join(' ')}`
      : command.type,
  );
}

describe('batches', () => {
  const look = (what: string) => call('look', { what });

  it('hold the pure calls of a reply', () => {
    assert.deepEqual(asked(startedAgent().asks(look('a'), look('b'), call('note', { text: 'n' }))), [
      'run-batch look look',
    ]);
  });

  it('are not used where each call shall be a checkpoint', () => {
    const agent = startedAgent({ definition: { checkpoints: 'each' } }).asks(look('a'), look('b'));
    assert.deepEqual(asked(agent), ['run-tool', 'run-tool']);
  });

  it('never stand beside a call with effects', () => {
    for (const tool of ['store', 'book', 'shout']) {
      const agent = startedAgent().asks(look('a'), call(tool, { what: 'x' }));
      assert.ok(
        asked(agent).every((type) => type === 'run-tool'),
        tool,
      );
    }
    assert.deepEqual(asked(startedAgent().asks(look('a'), pay)), ['assess-calls pay', 'run-tool']);
  });

  it('never hold a call that was assessed or approved', () => {
    const weighed = startedAgent()
      .asks(call('weigh', { what: 'x' }), look('a'))
      .assessed(0, {});
    assert.deepEqual(asked(weighed), ['run-batch look', 'run-tool']);
    const approved = startedAgent({ tools: { weigh: [{ mode: 'approve' }] } }).asks(
      call('weigh', { what: 'x' }),
    );
    approved.assessed(0, {});
    approved.decide('approve');
    assert.deepEqual(asked(approved), ['run-tool']);
  });

  it('become steps when they are lost', () => {
    const agent = startedAgent().asks(look('a'), look('b'));
    agent.happen({ type: 'batch-lost', indexes: [0, 1] });
    assert.deepEqual(
      commandsOf(agent.state).map(({ id }) => id),
      ['run:1:0:1', 'run:1:1:1'],
    );
    agent.succeeds(0).succeeds(1);
    assert.equal(agent.state.turn, 2);
  });

  it('end all at once', () => {
    const agent = startedAgent().asks(look('a'), look('b'));
    const failed = { type: 'failed' as const, error: { type: 'NotFound', message: 'gone' } };
    agent.happen({
      type: 'batch-ended',
      outcomes: [
        { index: 0, outcome: { type: 'succeeded', result: 1 } },
        { index: 1, outcome: failed },
      ],
    });
    assert.deepEqual(agent.lastResults(2), ['ok', 'NotFound']);
  });
});

describe('what is shown of a command', () => {
  it('is short in bytes, whatever the arguments', () => {
    for (const what of [
      '你好'.repeat(500),
      '"'.repeat(500),
      '😀'.repeat(500),
      '\u0000'.repeat(500),
      'a\nb',
    ]) {
      const [step] = commandsOf(startedAgent().asks(call('store', { what })).state);
      const summary = step?.summary ?? '';
      assert.ok(Buffer.byteLength(JSON.stringify(summary)) <= 210, summary);
      assert.ok(summary.isWellFormed() && !summary.includes('\n'));
    }
    const many = startedAgent().asks(...Array.from({ length: 32 }, () => call('look', { what: 'x' })));
    assert.ok((commandsOf(many.state)[0]?.summary.length ?? 0) <= 200);
  });
});
