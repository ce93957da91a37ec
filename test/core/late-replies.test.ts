import assert from 'node:assert/strict';
import { auditOf } from '../../src/core/audit.ts';
import { tapeOf } from '../../src/core/tape.ts';
import { call, reply, TestAgent } from '../support/agent-builder.ts';
import { ToldRun } from '../support/told-run.ts';

describe('a reply that came when nobody waited for it any more', () => {
  const agent = new TestAgent();
  const { state } = agent;
  const late = { type: 'model-replied', command: 'model:1:1', reply: reply('late', [call('look')]) } as const;
  agent
    .load()
    .asks(call('look', { what: 'a' }))
    .succeeds(0);
  agent.happen(late);
  agent.happen({
    type: 'model-replied',
    command: 'model:2:1',
    reply: reply('b?', [call('look', { what: 'b' })]),
  });
  agent.happen(late).succeeds(0);
  agent.says('That is all.');
  const run = new ToldRun(state).tell(agent.events);

  it('is none of what an audit says that models replied', () => {
    const lines = [...auditOf(run, { runId: 'run-1' }, { values: true })];
    const said = lines.flatMap((line) => (line.what === 'model.replied' ? [[line.turn, line.said]] : []));
    assert.deepEqual(said, [
      [1, { value: '' }],
      [2, { value: 'b?' }],
      [3, { value: 'That is all.' }],
    ]);
  });

  it('is not on the record that a fork follows', () => {
    const { turns } = tapeOf([run]);
    const replies = [1, 2, 3].map((turn) => turns.get(turn)?.reply?.text);
    assert.deepEqual(replies, ['', 'b?', 'That is all.']);
    assert.equal(turns.get(2)?.calls.length, 1);
  });
});
