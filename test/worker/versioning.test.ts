import assert from 'node:assert/strict';
import winston from 'winston';
import { readEnvironment } from '../../src/worker/environment.ts';
import { heldChanges, sayWhatIsHeld, versioning } from '../../src/worker/versioning.ts';

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

  const said = (held: string): Record<'info' | 'warn', string[]> => {
    const lines: Record<'info' | 'warn', string[]> = { info: [], warn: [] };
    const logger = winston.createLogger({ silent: true });
    logger.info = (line: unknown) => (lines.info.push(String(line)), logger);
    logger.warn = (line: unknown) => (lines.warn.push(String(line)), logger);
    sayWhatIsHeld(readEnvironment({ PERDURE_HOLD_CHANGES: held }), logger);
    return lines;
  };

  it('are said at the start, and so is a name that no change has', () => {
    const { info, warn } = said('step-time, resets');
    assert.deepEqual(info, ['changes that are held: resets']);
    assert.match(warn.join(), /this build knows no change step-time; there are .*step-times/);
    assert.deepEqual(said('all').warn, []);
    assert.match(said('all').info.join(), /held: .*resets.*step-times/);
    assert.deepEqual(said(' , '), { info: [], warn: [] });
  });

  it('are those that are named, or all', () => {
    assert.deepEqual(
      [makes('one, two', 'two'), makes('one', 'two'), makes('all', 'two')],
      [false, true, false],
    );
  });
});
