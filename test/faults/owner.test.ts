import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Owner } from './owner.ts';

describe('the owner of the effects', () => {
  let folder: string;
  let owner: Owner;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'perdure-owner-'));
    owner = await Owner.start(join(folder, 'effects.sqlite'));
  });
  afterEach(async () => {
    await owner.close();
    await rm(folder, { recursive: true });
  });

  const ask = (keyed: boolean, key = 'k1'): Promise<Response> => {
    const effect = { tool: 'any', item: 'deed', agent: 'a1', worker: 'a', key, keyed };
    return fetch(owner.url, { method: 'POST', body: JSON.stringify(effect) });
  };

  it('does a thing once for each key, where it looks at keys', async () => {
    await ask(true);
    await ask(true);
    assert.equal(owner.effectsOf('a1').length, 1);
    await ask(true, 'k2');
    assert.equal(owner.effectsOf('a1').length, 2);
  });

  it('does what it is asked each time, where it does not', async () => {
    await ask(false);
    await ask(false);
    assert.equal(owner.effectsOf('a1').length, 2);
  });

  it('can be asked what it has done', async () => {
    const known = async (): Promise<unknown> => (await fetch(`${owner.url}/k1`)).json();
    assert.deepEqual(await known(), { done: false, underWay: false });
    await ask(false);
    assert.deepEqual(await known(), { done: true, underWay: false });
  });

  it('has acted when its acknowledgement is lost, and has not when the request is', async () => {
    owner.passage = { after: () => Promise.resolve('cut') };
    await assert.rejects(ask(false));
    assert.equal(owner.effectsOf('a1').length, 1);
    owner.passage = { before: () => Promise.resolve('cut') };
    await assert.rejects(ask(false));
    assert.equal(owner.effectsOf('a1').length, 1);
    assert.equal(owner.isBusyWith('deed'), false);
  });
});
