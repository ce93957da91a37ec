import assert from 'node:assert/strict';
import { FAILURES_TO_OPEN } from '../../src/activities/circuit-breaker.ts';
import type { ModelAnswer } from '../../src/simulator/model-answer.ts';
import { createModelServer, type ModelServer } from '../../src/simulator/model-server.ts';
import { finish } from '../support/models.ts';
import { Stage } from '../support/stage.ts';

const agents = 12;

describe('agents whose model server is ill', () => {
  let model: ModelServer;
  let stage: Stage;
  let answer: ModelAnswer;

  before(async () => {
    answer = { fault: 'status', status: 503 };
    model = await createModelServer(() => answer);
    stage = await Stage.create({
      modelUrl: model.url,
      definitions: { clerk: 'model: m\ntools: { finish: auto }\n---\nWork.' },
    });
  });
  after(async () => {
    await stage.dispose();
    await model.close();
  });

  const ids = Array.from({ length: agents }, (_, index) => `clerk-${index}`);
  async function untilInOutage(id: string): Promise<void> {
    await stage.untilStatus(id, ({ interruptions }) => interruptions[0]?.kind === 'model_outage');
  }

  it('leave it alone after some failures, and go on with the first one that is told to', async () => {
    const [first = '', ...others] = ids;
    await stage.gateway.start({ agent: 'clerk', input: first }, { id: first });
    await untilInOutage(first);
    await Promise.all(others.map((id) => stage.gateway.start({ agent: 'clerk', input: id }, { id })));
    for (const id of others) await untilInOutage(id);
    // Three attempts of each would be many more; a slow machine may have time for a probe or two.
    const before = model.requests.length;
    assert.ok(before >= FAILURES_TO_OPEN && before < agents + FAILURES_TO_OPEN, `${before} calls`);
    const documents = await Promise.all(others.map((id) => stage.gateway.status(id)));
    const summaries = documents.map(({ interruptions }) => interruptions[0]?.summary ?? '');
    assert.ok(summaries.some((summary) => summary.includes('was not asked')));

    // Whoever says so asks even now.
    await stage.gateway.send(first, 'resume', { by: 'ann' });
    await stage.untilStatus(first, () => model.requests.length > before);
    await untilInOutage(first);

    answer = finish();
    await stage.gateway.send(first, 'resume', { by: 'ann' });
    assert.equal((await stage.gateway.result(first)).status, 'completed');
    // Some may have gone on by themselves already.
    await Promise.allSettled(others.map((id) => stage.gateway.send(id, 'resume', { by: 'ann' })));
    for (const id of others) assert.equal((await stage.gateway.result(id)).status, 'completed');
  });
});
