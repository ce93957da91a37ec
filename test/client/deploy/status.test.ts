import assert from 'node:assert/strict';
import { fateOf } from '../../../src/client/deploy/status.ts';
import { versionFor } from '../../../src/client/trouble.ts';

const queue = { pollers: [] };
const nobody = { hasWorkers: false, agents: 0, pinned: 0, queue };
const somebody = { ...nobody, hasWorkers: true };

describe('a build that is tried with a part of the agents', () => {
  it('strands that part when it has no worker', () => {
    const { stranded } = fateOf('ramping', { ...nobody, percentage: 5 });
    assert.match(stranded ?? '', /^5 % of new agents .* it has no worker$/);
    assert.match(fateOf('ramping', { ...somebody, percentage: 5 }).warning ?? '', /stops 5 % of the agents/);
  });

  it('strands nobody once nothing goes to it', () => {
    for (const percentage of [0, undefined])
      for (const held of [nobody, somebody])
        assert.deepEqual(fateOf('draining', { ...held, percentage }), {});
  });

  it('is where the next task of an agent goes that is on it', () => {
    const one = { deployment: 'd', build: 'one' };
    const two = { deployment: 'd', build: 'two' };
    const on = (buildId: string) => ({ deploymentVersion: { deploymentName: 'd', buildId } });
    const sent = { current: one, ramping: two };
    assert.deepEqual(versionFor(on('two'), sent), two);
    assert.deepEqual(versionFor(on('one'), sent), one);
    assert.deepEqual(versionFor(undefined, sent), one);
    assert.deepEqual(versionFor(on('two'), { current: one }), one);
  });
});
