import assert from 'node:assert/strict';
import { SPREAD_MAX_MS } from '../../src/core/bounds.ts';
import { AgentLab, calls, finish, type Step } from '../support/agent-lab.ts';

/** What the model was told last. */
function told(into: string[], answer: Step): Step {
  return async (request) => {
    into.push(JSON.stringify(request.body.messages.at(-1)));
    return typeof answer === 'function' ? answer(request) : answer;
  };
}

describe('waiting', function () {
  this.timeout(60_000);
  let lab: AgentLab;
  before(async () => {
    lab = await AgentLab.create();
  });
  after(() => lab.dispose());

  it('expires an approval at its deadline, and tells the model instead of approving', async () => {
    const seen: string[] = [];
    const agent = await lab.start(
      'tools: { write_file: { mode: approve, deadline: { after: 2d, outcome: reject } }, finish: auto }',
      [calls(['write_file', { path: 'a.txt', content: 'x' }]), told(seen, finish())],
    );
    const waiting = await agent.until(({ status }) => status === 'waiting');
    assert.equal(waiting.interruptions[0]?.kind, 'approval');
    assert.equal(waiting.interruptions[0].onDeadline, 'reject');
    await lab.env.sleep('3 days');
    assert.equal(((await agent.handle.result()) as { status: string }).status, 'completed');
    assert.match(seen[0] ?? '', /Expired/);
  });

  it('ends the agent at the deadline when its rule says so', async () => {
    const agent = await lab.start(
      'tools: { write_file: { mode: approve, deadline: { after: 1h, outcome: end } } }',
      [calls(['write_file', { path: 'a.txt', content: 'x' }])],
    );
    await agent.until(({ status }) => status === 'waiting');
    await lab.env.sleep('2 hours');
    await assert.rejects(agent.handle.result(), (error: Error & { cause?: { type?: string } }) => {
      assert.equal(error.cause?.type, 'ApprovalExpired');
      return true;
    });
  });

  it('sleeps for days and wakes, or wakes early on resume', async () => {
    const agent = await lab.start('tools: { sleep_until: auto, finish: auto }', [
      calls(['sleep_until', { after: '10d' }]),
      calls(['sleep_until', { after: '300d' }]),
      finish(),
    ]);
    await agent.until(({ interruptions }) => interruptions[0]?.kind === 'timer');
    await lab.env.sleep('10 days');
    await agent.until(({ turn, status }) => turn === 2 && status === 'waiting');
    await agent.send('resume', { by: 'anna' });
    assert.equal(((await agent.handle.result()) as { turns: number }).turns, 3);
  });

  it('hands an event to the call that waits for it, also one that came before', async () => {
    const seen: string[] = [];
    const agent = await lab.start('tools: { wait_for_event: auto, finish: auto, note: auto }', [
      async () => {
        await agent.handle.signal('event', { name: 'early', payload: { n: 1 }, id: 'e1' });
        await agent.handle.signal('event', { name: 'early', payload: { n: 2 }, id: 'e1' });
        return calls(['wait_for_event', { name: 'early' }]);
      },
      told(seen, calls(['wait_for_event', { name: 'late', timeout: '2d' }])),
      told(seen, calls(['wait_for_event', { name: 'never', timeout: '2d' }])),
      told(seen, finish()),
    ]);
    await agent.until(({ turn, status }) => turn === 2 && status === 'waiting');
    await agent.send('event', { name: 'late', payload: 'here' });
    await agent.until(({ turn, status }) => turn === 3 && status === 'waiting');
    await lab.env.sleep('3 days');
    await agent.handle.result();
    assert.match(seen[0] ?? '', /"n\\\\*":1|n\\":1/);
    assert.match(seen[1] ?? '', /here/);
    assert.match(seen[2] ?? '', /Expired/);
    assert.equal((await agent.status()).queued.events, 0);
  });

  it('suspends under a rate limit as long as the server says, and resumes by itself', async () => {
    const agent = await lab.start('tools: { finish: auto }', [
      { fault: 'rate_limit', retryAfter: 3_600 },
      finish(),
    ]);
    const limited = await agent.until(({ status }) => status === 'waiting');
    const [interruption] = limited.interruptions;
    assert.equal(interruption?.kind, 'rate_limit');
    const pauseMs = Date.parse(interruption.deadline ?? '') - Date.parse(interruption.since);
    assert.ok(pauseMs >= 3_600_000 && pauseMs <= 3_600_000 + SPREAD_MAX_MS, `${pauseMs}`);
    await lab.env.sleep(3_600_000 + SPREAD_MAX_MS);
    await agent.handle.result();
  });

  it('waits out a model outage and can be told to try at once', async () => {
    const outage: Step[] = [1, 2, 3].map(() => ({ fault: 'status', status: 503 }));
    const agent = await lab.start('tools: { finish: auto }', [...outage, finish()]);
    await lab.env.sleep('30 seconds');
    await agent.until(({ interruptions }) => interruptions[0]?.kind === 'model_outage');
    await agent.send('resume', { by: 'anna' });
    await agent.handle.result();
    assert.deepEqual(agent.script, []);
  });

  it('asks for more budget, and fails when nobody gives any', async () => {
    const loop = Array.from({ length: 9 }, (): Step => calls(['note', { text: 'on and on' }]));
    const agent = await lab.start('budget: { turns: 2 }\ntools: { note: auto, finish: auto }', loop);
    const asked = await agent.until(({ interruptions }) => interruptions[0]?.kind === 'budget');
    assert.equal(asked.usage.turns, 2);
    const extended = await agent.send('extendBudget', { by: 'anna', turns: 1 });
    assert.equal(extended.budget.turns, 3);
    await agent.until(({ usage, status }) => usage.turns === 3 && status === 'waiting');
    await lab.env.sleep('8 days');
    await assert.rejects(agent.handle.result(), (error: Error & { cause?: { type?: string } }) => {
      assert.equal(error.cause?.type, 'BudgetExceeded');
      return true;
    });
  });
});
