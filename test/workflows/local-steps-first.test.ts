import assert from 'node:assert/strict';
import type { WorkflowInternalsInterceptor } from '@temporalio/workflow';
import { interceptors, localSteps } from '../../src/workflows/local-steps-first.ts';

type Input = Parameters<NonNullable<WorkflowInternalsInterceptor['activate']>>[0];
type Jobs = NonNullable<Input['activation']['jobs']>;

const localEnd = { resolveActivity: { seq: 1, isLocal: true } };
const message = { signalWorkflow: { signalName: 'message' } };

/** The jobs of each activation that was told to the workflow, with whether a new run was suggested then. */
function tell(jobs: object[], continueAsNewSuggested: boolean): [string, boolean][] {
  const heard: [string, boolean][] = [];
  // An activation as the SDK decodes it has many more fields, of which none is looked at.
  const activation = { jobs, continueAsNewSuggested } as unknown as Input['activation'];
  const [activate] = interceptors().internals ?? [];
  activate?.activate?.({ activation, batchIndex: 0 }, (input) => {
    for (const job of input.activation.jobs as Jobs)
      heard.push([job.resolveActivity ? 'end' : 'message', localSteps.suggestsNewRun]);
  });
  return heard;
}

/** The SDK may tell of a local step's end with a later task than the one that its marker belongs to, where it comes on replay. */
describe('while a local step is in flight', () => {
  it('its end comes first, and what is said of the size of the run only with the rest', () => {
    assert.deepEqual(tell([message], false), [['message', false]]);
    localSteps.begin();
    const heard = tell([localEnd, message], true);
    assert.deepEqual(heard, [['end', false]]);
    assert.equal(localSteps.suggestsNewRun, false);
    assert.equal(localSteps.tellHeld(), true);
    assert.deepEqual(heard, [
      ['end', false],
      ['message', true],
    ]);
    assert.equal(localSteps.suggestsNewRun, true);
  });

  it('an end has the time of what was told before, and the rest that of when it came', () => {
    const clock = (ms: number): void => {
      Date.now = () => ms;
    };
    const { now } = Date;
    try {
      clock(10);
      tell([message], false);
      localSteps.begin();
      clock(20);
      tell([message], false);
      clock(30);
      tell([localEnd], false);
      assert.equal(localSteps.toldAt, 10);
      localSteps.tellHeld();
      assert.equal(localSteps.toldAt, 20);
    } finally {
      Date.now = now;
    }
  });

  it('what came with a task though not as a job waits as well', () => {
    const heard: string[] = [];
    const reset = (): void => void heard.push('reset');
    localSteps.whenTold(reset);
    localSteps.begin();
    localSteps.whenTold(reset);
    tell([localEnd], false);
    assert.deepEqual(heard, ['reset']);
    localSteps.tellHeld();
    assert.deepEqual(heard, ['reset', 'reset']);
  });

  it('an end alone says nothing of the size of the run', () => {
    assert.deepEqual(tell([message], false), [['message', false]]);
    localSteps.begin();
    assert.deepEqual(tell([localEnd], true), [['end', false]]);
    assert.deepEqual(tell([message], true), [['message', true]]);
  });
});
