import assert from 'node:assert/strict';
import { join } from 'node:path';
import { calls, finish, type ModelSwitch, switchOfModels } from '../support/models.ts';
import { Stage } from '../support/stage.ts';

const toolsDir = join(import.meta.dirname, '../support/deadly-tools');
const definition = `model: unused
tools: { look_and_die: auto, list_files: auto, finish: auto }
---
Do as you are told.`;

/** Whoever starts workers again when they die must not do so for ever. */
describe('a tool that kills each worker that runs it', () => {
  let models: ModelSwitch;
  let stage: Stage;
  before(async () => {
    const look = calls(['look_and_die', {}], ['list_files', { path: '.' }]);
    models = await switchOfModels({
      // The first reply is lost with the worker that ran its calls at once.
      reckless: { script: [look, look, finish('told')] },
    });
    stage = await Stage.create({ modelUrl: models.url, definitions: { clerk: definition }, toolsDir });
  });
  after(async () => {
    await stage.dispose();
    await models.close();
  });

  it('runs out of tries, in a batch too', async () => {
    await stage.gateway.start({ agent: 'clerk', input: 'Go.', model: 'reckless' }, { id: 'reckless' });
    let deaths = 0;
    const ended = stage.gateway.result('reckless');
    const isOver = ended.then(() => true);
    while (!(await Promise.race([isOver, stage.worker.exited.then(() => false)]))) {
      deaths += 1;
      await stage.startWorker();
    }
    assert.deepEqual(await ended, { status: 'completed', result: 'told' });
    // Along with the reply, three times in a batch, and as often as a step of its own is tried; a death may go unheard.
    assert.ok(deaths >= 1 + 3 + 5 && deaths <= 2 * (1 + 3 + 5), `${deaths} workers died`);
    const { entries } = await stage.gateway.transcript('reckless', {});
    const results = entries.flatMap(({ message }) => (message.role === 'tool' ? [message] : []));
    // The last death is told by the next worker, or by missing heartbeats where that takes long to start.
    const died = results.find(({ name }) => name === 'look_and_die')?.text ?? '';
    assert.match(died, /WorkerLost|no answer in time \(HEARTBEAT\)/);
    assert.match(results.find(({ name }) => name === 'list_files')?.text ?? '', /"ok":true/);
    assert.equal(models.left('reckless'), 0);
  });
});
