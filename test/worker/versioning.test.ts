import assert from 'node:assert/strict';
import { readEnvironment } from '../../src/worker/environment.ts';
import { heldChanges, versioning } from '../../src/worker/versioning.ts';

describe('the version of a worker', () => {
  const named = { PERDURE_DEPLOYMENT: 'perdure', PERDURE_BUILD_ID: 'one' };

  it('is none unless somebody opts in', () => {
    assert.deepEqual(versioning(readEnvironment({})), {});
  });

  it('lets agents follow the current build, unless old workers are kept', () => {
    const behaviorOf = (env: Record<string, string>) =>
      versioning(readEnvironment({ ...named, ...env })).workerDeploymentOptions?.defaultVersioningBehavior;
    assert.equal(behaviorOf({}), 'AUTO_UPGRADE');
    assert.equal(behaviorOf({ PERDURE_VERSIONING: 'pinned' }), 'PINNED');
  });
});

describe('changes that are held', () => {
  const makes = (held: string, patchId: string): boolean | undefined => {
    const { patchActivationCallback } = heldChanges(readEnvironment({ PERDURE_HOLD_CHANGES: held }));
    // Nothing of the agent matters for the answer.
    const workflowInfo = {} as Parameters<NonNullable<typeof patchActivationCallback>>[0]['workflowInfo'];
    return patchActivationCallback?.({ patchId, workflowInfo });
  };

  it('are none by default, without a call for each agent', () => {
    assert.deepEqual(heldChanges(readEnvironment({})), {});
  });

  it('are those that are named, or all', () => {
    assert.deepEqual(
      [makes('one, two', 'two'), makes('one', 'two'), makes('all', 'two')],
      [false, true, false],
    );
  });
});
