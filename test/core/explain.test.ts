import assert from 'node:assert/strict';
import { explain, parseCallReference } from '../../src/core/timeline/explain.ts';
import { mermaidOf } from '../../src/core/timeline/mermaid.ts';
import { timelineOf } from '../../src/core/timeline/project-run.ts';
import { call, factsFor, startedAgent, TestAgent } from '../support/agent-builder.ts';

/** Two calls in a turn, of which one was edited after somebody had written. */
function asked(): TestAgent {
  const agent = startedAgent();
  agent.send('message', { text: 'Pay the printer.', by: 'bob' });
  agent.asks(call('note', { text: 'now' })).asks(call('look', { what: 'x' }), call('pay', { invoice: 'i1' }));
  agent
    .succeeds(0)
    .assessed(1, factsFor.approve)
    .decide('edit', { args: { invoice: 'i2' } });
  agent.assessed(1, factsFor.auto);
  return agent;
}

function explained(agent: TestAgent, text: string) {
  const reference = parseCallReference(text) ?? assert.fail(text);
  const { events } = agent;
  const run = { initial: new TestAgent().state, events, started: [], startedAfter: [], endings: new Map() };
  return explain(timelineOf(run, new Map()), agent.state, reference);
}

describe('why a call was made', () => {
  it('is told from what was wanted to what came of it, by any name of the call', () => {
    const agent = asked();
    const { key } = agent.call(1);
    const approval = agent.state.approvals.at(-1)?.id ?? '';
    for (const name of ['2.2', approval, key]) {
      const found = explained(agent, name);
      assert.ok(found.ok, name);
      const { explanation } = found;
      assert.deepEqual([explanation.call, explanation.goal], ['2.2', 'Count the beans.']);
      assert.deepEqual(
        explanation.messages.map(({ by, text }) => [by, text]),
        [['bob', 'Pay the printer.']],
      );
      assert.deepEqual(explanation.item.args.executed, { invoice: 'i2' });
      assert.deepEqual(
        explanation.approvals.map((item) => item.approval.decisions.map(({ by }) => by)),
        [['ann']],
      );
    }
  });

  it('is not told of what is no call, and says which there are', () => {
    const found = explained(asked(), '2.3');
    assert.ok(!found.ok);
    assert.match(found.rejection.message, /turn 2 has 2\.1 look, 2\.2 pay/);
    for (const text of ['', '2', 'pay', 'b1-abcdef', '2.2.2', 'a/b/c/d'])
      assert.equal(parseCallReference(text), undefined, text);
  });
});

describe('a picture of a run', () => {
  it('has an arrow for each call and decision, and nothing that Mermaid takes for its own', () => {
    const agent = startedAgent({ start: { input: 'a;b %% <script> {x} #1' } });
    agent.asks(call('shout', { what: 'x' })).decide('approve');
    const run = {
      ...{ initial: new TestAgent({ start: { input: 'a;b %% <script> {x} #1' } }).state },
      ...{ events: agent.events, started: [], startedAfter: [], endings: new Map() },
    };
    const lines = mermaidOf(timelineOf(run, new Map())).split('\n');
    assert.equal(lines[0], 'sequenceDiagram');
    assert.ok(lines.some((line) => line.includes('P-->>A: approve by ann')));
    assert.ok(lines.some((line) => line.includes('A->>T: shout')));
    assert.ok(lines.every((line) => !/[;%<{#]/.test(line)));
  });
});
