import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calls, finish, type ModelSwitch, switchOfModels } from '../support/models.ts';
import { Stage } from '../support/stage.ts';

const example = join(import.meta.dirname, '../docs/examples/move-stock.ts');
const definition = 'model: keeper\ntools: { move_stock: auto, finish: auto }\n---\nKeep the stock.';

describe('a tool from outside', () => {
  let folder: string;
  let models: ModelSwitch;
  let stage: Stage;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'perdure-outside-'));
    copyFileSync(example, join(folder, 'move-stock.ts'));
    const move = { article: 'A-1', pieces: 3, shelf: 'B7' };
    models = await switchOfModels({ keeper: { script: [calls(['move_stock', move]), finish()] } });
    stage = await Stage.create({
      modelUrl: models.url,
      definitions: { keeper: definition },
      toolsDir: folder,
      env: { STOCK_JOURNAL: join(folder, 'journal') },
    });
  });
  after(async () => {
    await stage.dispose();
    await models.close();
    rmSync(folder, { recursive: true });
  });

  it('is run by the worker as it was built', async () => {
    const { agent } = await stage.gateway.start({ agent: 'keeper', input: 'Three of A-1 to B7.' });
    assert.equal((await stage.gateway.result(agent)).status, 'completed');
    const lines = readFileSync(join(folder, 'journal'), 'utf8').trim().split('\n');
    assert.equal(lines.length, 1);
    assert.match(
      lines[0] ?? '',
      /^\{"key":"[^"]+\/1\/0\/[0-9a-f]{64}","article":"A-1","pieces":3,"shelf":"B7"\}$/,
    );
  });
});
