import assert from 'node:assert/strict';
import type { WorkflowInternalsInterceptor } from '@temporalio/workflow';
import { ReadAhead } from '../../src/workflows/read-ahead.ts';

type Internals = Required<WorkflowInternalsInterceptor>;
type Activation = Parameters<Internals['activate']>[0]['activation'];

const timerFired = { fireTimer: { seq: 1 } };
const message = { signalWorkflow: { signalName: 'message' } };
const update = { doUpdate: { name: 'message' } };
const query = { queryWorkflow: { queryType: 'status', queryId: 'of the task' } };
const directQuery = { queryWorkflow: { queryType: 'status', queryId: 'legacy_query' } };
const toolEnded = { resolveActivity: { seq: 2, isLocal: false, result: { completed: {} } } };
const stepEnded = { resolveActivity: { seq: 2, isLocal: true, result: { completed: {} } } };
const schedule = { scheduleActivity: { seq: 2 } };
const show = { upsertWorkflowSearchAttributes: {} };
const accept = { updateResponse: { accepted: {} } };
const answer = { updateResponse: { completed: {} } };
const refuse = { updateResponse: { rejected: {} } };

type Step = readonly [
  historyLength: number,
  jobs: readonly object[],
  commands?: readonly object[],
  /** Of the history when the task was begun; each has one of its own, if nothing else is said. */
  size?: number,
  /** Seconds since the epoch; all at once, if nothing else is said. */
  seconds?: number,
  isReplaying?: boolean,
];

/** What the agent is told, with the length of the history then, and what it asks for. */
function live(...steps: readonly Step[]): void {
  const readAhead = new ReadAhead();
  for (const [
    historyLength,
    jobs,
    commands = [],
    historySizeBytes = historyLength,
    seconds = 0,
    isReplaying,
  ] of steps) {
    const timestamp = { seconds, nanos: 0 };
    const activation = { historyLength, jobs, historySizeBytes, timestamp, isReplaying };
    // As the SDK decodes them they have many more fields, of which none is looked at.
    readAhead.activate(activation as unknown as Activation);
    readAhead.conclude(commands);
  }
}

describe('a worker that has read ahead of a workflow task', () => {
  const ahead: Step = [19, [timerFired], [schedule, show]];

  it('does not go on from there when that task was lost', () => {
    assert.throws(() => {
      live(ahead, [22, [update, update]]);
    }, /has read the agent ahead/);
    assert.throws(() => {
      live([15, [], [], 15, 0, true], ahead, [19, [directQuery]], [22, [update]]);
    }, /19 events, now 22/);
    // As many events as the two commands should have left, but they are something else.
    assert.throws(() => {
      live(ahead, [24, [message, message]]);
    }, /has read the agent ahead/);
    assert.throws(() => {
      live([19, [toolEnded], [accept, answer]], [24, [toolEnded]]);
    }, /ahead/);
    assert.throws(() => {
      live([3, [], [schedule]], [3, [stepEnded], [show]], [7, [message]]);
    }, /ahead/);
  });

  it('does not even begin where no task was started, so that the size of the history is that of the one before', () => {
    assert.throws(() => {
      live(ahead, [26, [message], [], 19]);
    }, /ahead/);
    assert.throws(() => {
      live([19, [timerFired]], [21, [timerFired], [], 19]);
    }, /19 events, now 21/);
    assert.throws(() => {
      live(ahead, [19, [stepEnded], [], 19], [26, [message], [], 19]);
    }, /ahead/);
    live(ahead, [19, [stepEnded], [], 19], [26, [message]]);
    // A task that followed at once on one that answered an update: it shares the size, and comes later.
    live([18, [update], [], 18, 5], [25, [], [], 18, 13], [31, [stepEnded], [], 31, 13]);
    // A server that does not say how large the history is.
    live([19, [timerFired], [], 0], [24, [timerFired], [], 0]);
  });

  it('answers no query without a task, where nothing would tell whether a task was completed', () => {
    const beginStep = { scheduleLocalActivity: { seq: 2 } };
    // What came without a task has begun a local step, which leaves nothing to be counted.
    const begun: Step = [19, [toolEnded], [beginStep]];
    assert.throws(() => {
      live(begun, [19, [directQuery]]);
    }, /19 events, now 19/);
    live(begun, [19, [query]], [22, [update]]);
    live([14, [], [], 14, 0, true], begun, [19, [stepEnded], []], [19, [directQuery]], [23, [update]]);
    // A task of which nothing was told has passed since the one of the same size, so that the time is a later one.
    const late: Step = [29, [message], [], 20, 8];
    const past: Step = [20, [update], [], 20, 5, true];
    assert.throws(() => {
      live(past, late, [29, [directQuery]]);
    }, /29 events, now 29/);
    live(past, late, [33, [update]]);
    // A task after a local step, too, of which nothing is told on replay, and which has a size of its own.
    const step: Step = [20, [stepEnded], [schedule], 20, 5, true];
    assert.throws(() => {
      live([20, [update], [beginStep], 20, 5, true], step, [29, [message], [], 24, 8], [29, [directQuery]]);
    }, /29 events, now 29/);
    // All that it brought was refused, so that it has left its own three events, and a size of its own.
    assert.throws(() => {
      live(past, [25, [timerFired], [], 24, 8], [25, [directQuery]]);
    }, /25 events, now 25/);
    live(past, [24, [timerFired], [], 24, 8], [24, [directQuery]], [28, [update]]);
    // One that failed because something came (scheduled, started, failed), and the next one, which is scheduled but not begun.
    const delegate = [{ startChildWorkflowExecution: { seq: 1 } }, { startTimer: { seq: 5 } }, show];
    const childStarted = { resolveChildWorkflowExecutionStart: { seq: 1, succeeded: {} } };
    assert.throws(() => {
      live(
        [113, [], delegate, 113, 5, true],
        [123, [childStarted, message], [], 123, 8],
        [123, [directQuery]],
      );
    }, /123 events, now 123/);
    // What is known of: a change of behaviour and its search attribute, a local step, a timer that was taken back, a step that failed.
    const known = [{ setPatchMarker: {} }, beginStep, { cancelTimer: { seq: 1 } }];
    live(
      [20, [update], known, 20, 5, true],
      [20, [stepEnded], [], 20, 5, true],
      [29, [{ resolveActivity: { seq: 3, isLocal: false, result: { failed: {} } } }], [], 29, 8],
      [29, [directQuery]],
    );
    // A query with the task tells that there is one.
    live(past, late, [29, [query]], [29, [directQuery]], [33, [update]]);
    // A query before it has told the time already.
    assert.throws(() => {
      live(past, [26, [directQuery], [], 20, 8], late);
    }, /20 events, now 29/);
    // Whoever has lived through it knows better.
    live([20, [update], [], 20, 5], late, [29, [directQuery]], [33, [update]]);
  });

  it('does not go on where the next task brings nothing but a query', () => {
    assert.throws(() => {
      live(ahead, [22, [query]]);
    }, /19 events, now 22/);
    live(ahead, [24, [query]], [24, [directQuery]]);
  });

  it('goes on when the task was completed', () => {
    live(ahead, [24, []]);
    live(ahead, [24, [update]]);
    live(ahead, [26, [toolEnded]], [29, [message]]);
    live([3, [], [schedule]], [3, [stepEnded], [show]], [8, []]);
    live(ahead, [19, [query]], [24, [query]], [24, []]);
  });

  it('counts nothing that may leave no event', () => {
    // A timer that is taken back in the task that started it.
    live([19, [timerFired], [{ startTimer: { seq: 5 } }, { cancelTimer: { seq: 5 } }]], [22, []]);
    live([19, [timerFired], [schedule, { requestCancelActivity: { seq: 2 } }]], [22, []]);
    live([19, [timerFired], [{ scheduleLocalActivity: { seq: 3 } }, refuse]], [22, []]);
    // A task of nothing but refused updates is forgotten.
    live([19, [update], [refuse]], [19, [update], [accept, answer]], [24, []]);
    live([30, [update], [refuse]], [29, [update], [refuse]], [30, [timerFired]]);
  });
});
