import assert from 'node:assert/strict';
import { WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { deliver } from '../../src/worker/delivering.ts';

const delivery = {
  ...{ agent: 'desk', life: { firstRun: 'run-1', run: 'run-2' } },
  ...{ name: 'event' as const, payload: { id: 'orders/1' }, isReplaced: true },
};

interface Server {
  /** What comes of the update. */
  readonly update: () => Promise<unknown>;
  /** The run that has the id, with the first of its life; none is open without. */
  readonly open?: { readonly firstRun: string; readonly run: string };
  /** Each run that the server keeps: the one after it, and the updates that it has answered. */
  readonly runs?: Readonly<Record<string, { readonly next?: string; readonly answered?: readonly string[] }>>;
}

function clientOf({ update, open, runs = {} }: Server): Parameters<typeof deliver>[0] {
  const gone = (): never => {
    throw new WorkflowNotFoundError('gone', 'desk', undefined);
  };
  const fake = {
    options: { namespace: 'default' },
    withDeadline: (_at: number, work: () => Promise<unknown>) => work(),
    workflow: {
      getHandle: (_id: string, run?: string) => ({
        executeUpdate: update,
        describe: () =>
          Promise.resolve(
            open
              ? {
                  ...{ type: 'persistentAgent', status: { name: 'RUNNING' }, runId: open.run },
                  raw: { workflowExecutionInfo: { firstRunId: open.firstRun } },
                }
              : gone(),
          ),
        getUpdateHandle: (id: string) => ({
          result: () => Promise.resolve(runs[run ?? '']?.answered?.includes(id) ? {} : gone()),
        }),
      }),
    },
    workflowService: {
      getWorkflowExecutionHistory: ({ execution }: { execution: { runId: string } }) => {
        const run = runs[execution.runId];
        const missing = { code: 5, details: 'no such run', metadata: {} };
        if (!run) return Promise.reject(Object.assign(new Error('NOT_FOUND'), missing));
        const to = { newExecutionRunId: run.next };
        const continued = { workflowExecutionContinuedAsNewEventAttributes: to };
        return Promise.resolve({ history: { events: [run.next === undefined ? {} : continued] } });
      },
    },
  };
  return fake as unknown as Parameters<typeof deliver>[0]; // The rest is never asked.
}

const missed = () => Promise.reject(new WorkflowNotFoundError('gone', 'desk', undefined));
const says = (type: string) => () =>
  Promise.reject(
    new WorkflowUpdateFailedError(
      'refused',
      ApplicationFailure.create({ type, message: 'no', nonRetryable: true }),
    ),
  );

describe('delivering a message', () => {
  const failed = async (server: Server, isReplaced = true): Promise<[unknown, unknown]> => {
    const error: unknown = await deliver(clientOf(server), { ...delivery, isReplaced }).catch(
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof ApplicationFailure, String(error));
    return [error.type, error.nonRetryable];
  };

  it('finds what an agent that has ended since had got, in whichever of its runs', async () => {
    const got = { answered: ['event/orders/1'] };
    for (const runs of [{ 'run-2': got }, { 'run-2': { next: 'run-3' }, 'run-3': got }])
      assert.equal(await deliver(clientOf({ update: missed, runs }), delivery), 'taken');
  });

  it('says that it has ended only if it had not got it', async () => {
    const runs = { 'run-2': { next: 'run-3', answered: ['event/orders/2'] }, 'run-3': {} };
    assert.equal(await deliver(clientOf({ update: missed, runs }), delivery), 'ended');
    const other = { firstRun: 'run-9', run: 'run-9' };
    assert.equal(await deliver(clientOf({ update: missed, runs, open: other }), delivery), 'ended');
    assert.deepEqual(await failed({ update: missed }), ['Closed', true]);
  });

  it('is tried again while the agent goes on in a new run', async () => {
    const open = { firstRun: 'run-1', run: 'run-3' };
    assert.deepEqual(await failed({ update: missed, open }), ['NoWorker', false]);
  });

  it('is tried again after a refusal that may be another one later', async () => {
    assert.deepEqual(await failed({ update: says('Conflict') }), ['Conflict', false]);
    assert.deepEqual(await failed({ update: says('UnprocessedUpdate') }), ['NoWorker', false]);
    assert.deepEqual(await failed({ update: says('Closed') }), ['Closed', false]);
    assert.deepEqual(await failed({ update: says('Closed') }, false), ['Closed', true]);
    assert.deepEqual(await failed({ update: says('Invalid') }), ['Invalid', true]);
  });
});
