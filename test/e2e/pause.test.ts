import assert from 'node:assert/strict';
import { Probing } from '../support/probing.ts';
import { until } from '../support/stage.ts';

/** What a workflow task that starts a step leaves behind, in the same moment as what it took note of. */
const started = 'activityTaskScheduledEventAttributes';

/** An operator's pause while something is in flight or about to begin again: it ends and is recorded, and nothing starts. */
describe('a pause', () => {
  let probing: Probing;
  let reply: () => void = () => undefined;

  before(async () => {
    const asked = new Promise<void>((resolve) => {
      reply = resolve;
    });
    probing = await Probing.create(
      {
        'in-a-model-call': [['probe_pure', { how: 'works' }]],
        'in-a-tool-call': [['probe_once', { how: 'waits' }]],
        'in-a-rate-limit': [['probe_once', { how: 'limited-at-first' }]],
      },
      { 'in-a-model-call': asked },
    );
  });
  after(() => probing.dispose());

  const send = (name: string, message: 'pause' | 'resume') =>
    probing.stage.gateway.send(name, message, { by: 'ann' });

  /** How many events of a kind the agent's history has. */
  async function count(name: string, kind: string): Promise<number> {
    const { events } = await probing.stage.client.workflow.getHandle(name).fetchHistory();
    return (events ?? []).filter((event) => kind in event && event[kind as keyof typeof event]).length; // Any name is safe to look up.
  }

  async function goesOn(name: string): Promise<void> {
    assert.equal((await probing.stage.gateway.status(name)).status, 'paused');
    await send(name, 'resume');
    assert.equal((await probing.stage.gateway.result(name)).status, 'completed');
    assert.equal(probing.told(name)?.[0]?.['ok'], true);
  }

  it('lets a model call end, and starts none of the calls that it asks for', async () => {
    const name = 'in-a-model-call';
    await probing.start(name);
    await until('the model is asked', () => probing.models.left(name) === 1);
    await send(name, 'pause');
    const before = await count(name, started);
    reply();
    const { calls } = await probing.stage.untilStatus(name, (now) => now.calls.length > 0);
    assert.deepEqual(
      calls.map(({ tool }) => tool),
      ['probe_pure'],
    );
    assert.equal(await count(name, started), before);
    assert.deepEqual(await probing.journal(name), []);
    await goesOn(name);
  });

  it('lets a tool call end, and does not ask the model what to do next', async () => {
    const name = 'in-a-tool-call';
    await probing.start(name);
    await probing.untilBegun(name, 1);
    await send(name, 'pause');
    const before = await count(name, started);
    probing.go();
    await probing.stage.untilStatus(name, (now) => now.calls.length === 0);
    assert.equal(await count(name, started), before);
    assert.equal((await probing.counts(name))['once'], '1 begun, 1 done');
    assert.equal(probing.models.left(name), 1);
    await goesOn(name);
  });

  it('outlasts the timer of a rate limit', async () => {
    const name = 'in-a-rate-limit';
    await probing.start(name);
    const { interruptions } = await probing.stage.untilStatus(name, (now) => now.interruptions.length > 0);
    assert.deepEqual(
      interruptions.map(({ kind, summary }) => `${kind} ${summary}`),
      ['rate_limit probe_once: two a second'],
    );
    await send(name, 'pause');
    await until('the timer has fired', async () => (await count(name, 'timerFiredEventAttributes')) === 1);
    assert.equal((await probing.counts(name))['once'], '1 begun, 0 done');
    await goesOn(name);
    const lines = await probing.journal(name);
    assert.deepEqual(
      lines.map(({ what }) => what),
      ['begins', 'begins', 'acts'],
    );
    assert.equal(new Set(lines.map(({ key }) => key)).size, 1);
  });
});
