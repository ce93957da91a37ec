import assert from 'node:assert/strict';
import { mock } from 'node:test';
import {
  ApplicationFailure,
  Client,
  Connection,
  WorkflowClient,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import { encodeToPayloads } from '@temporalio/common/lib/internal-non-workflow/codec-helpers.js';
import { loadDataConverter } from '@temporalio/common/lib/internal-non-workflow/index.js';
import { GatewayError } from '../../src/client/gateway-error.ts';
import { Gateway } from '../../src/client/gateway.ts';
import type { Approval } from '../../src/contracts/approval.ts';
import { dataConverter } from '../../src/contracts/data-converter.ts';
import { AGENT_WORKFLOW_TYPE } from '../../src/contracts/message-definitions.ts';
import type { AgentState } from '../../src/contracts/state.ts';
import { advance } from '../../src/core/advance.ts';
import { fitToCarry } from '../../src/core/carry.ts';
import type { HistoryEvent } from '../../src/history/activations.ts';
import { readRun } from '../../src/history/read-run.ts';
import { historyIn } from '../support/histories.ts';

const converter = loadDataConverter(dataConverter);
const { workflowId, history } = historyIn('approvals.json');
const events = history.events ?? [];

/** All that is in the history of a run that has just been begun by another one. */
async function begunWith(state: AgentState, previousRunId: string): Promise<HistoryEvent[]> {
  const [first] = events;
  const started = first?.workflowExecutionStartedEventAttributes ?? assert.fail();
  const payloads = (await encodeToPayloads(converter, state.start, { state })) ?? null;
  const attributes = { ...started, continuedExecutionRunId: previousRunId, input: { payloads } };
  return [{ ...first, workflowExecutionStartedEventAttributes: attributes }];
}

describe('the details of an approval that was closed in an earlier run', () => {
  const client = new Client({ connection: Connection.lazy({ address: '127.0.0.1:1' }) });
  const gateway = new Gateway(client, { taskQueue: 'q' });
  const runs = new Map<string, HistoryEvent[]>();
  let asked: Approval;
  let closed: Approval;

  before(async () => {
    mock.method(client, 'withDeadline', (_until: number, work: () => Promise<unknown>) => work());
    mock.method(WorkflowClient.prototype, 'getHandle', (_id: string, runId = 'run-3') => ({
      describe: () => Promise.resolve({ type: AGENT_WORKFLOW_TYPE, status: { name: 'RUNNING' } }),
      executeUpdate: () => {
        const refused = ApplicationFailure.create({ type: 'NotFound', message: 'there is no such approval' });
        return Promise.reject(new WorkflowUpdateFailedError('the update failed', refused));
      },
      fetchHistory: () => {
        const found = runs.get(runId);
        if (!found) throw new WorkflowNotFoundError('no such run', workflowId, runId);
        return Promise.resolve({ events: found });
      },
    }));
    const { record } = await readRun(workflowId, events, converter);
    let state = record.initial;
    for (const event of record.events) {
      const [open] = state.approvals.filter(({ status }) => status === 'open');
      const next = advance(state, event);
      const now = next.approvals.find(({ id }) => id === open?.id);
      if (open && now?.status === 'decided' && next.phase !== 'ended') {
        [asked, closed, state] = [open, now, next];
        break;
      }
      state = next;
    }
    runs.set('run-2', await begunWith(fitToCarry(state), 'run-1'));
    runs.set('run-3', await begunWith(fitToCarry(state), 'run-2'));
  });
  beforeEach(() => {
    runs.set('run-1', events);
  });
  after(async () => {
    mock.reset();
    await client.connection.close();
  });

  it('say what was asked, and what became of it', async () => {
    assert.ok(Object.keys(asked.args).length > 0);
    const { approval, state } = await gateway.approval(workflowId, asked.id);
    assert.equal(state, 'decided');
    assert.deepEqual([approval.args, approval.facts], [asked.args, asked.facts]);
    assert.deepEqual(approval.decisions.length, closed.decisions.length);
  });

  it('say what became of it where nobody has the run any more in which it was asked', async () => {
    runs.delete('run-1');
    const { approval, state } = await gateway.approval(workflowId, asked.id);
    assert.equal(state, 'decided');
    assert.deepEqual([approval.args, approval.facts], [{}, {}]);
    await assert.rejects(gateway.approval(workflowId, 't1-1-none'), /has not asked t1-1-none/);
  });

  it('tell whoever decides it again, when the agent has forgotten it, who was first', async () => {
    const [{ by } = assert.fail()] = closed.decisions;
    const decide = (approval: string) =>
      gateway.send(workflowId, 'decide', { approval, decision: 'reject', by: 'zoe' });
    await assert.rejects(decide(asked.id), (error: Error) => {
      assert.ok(error instanceof GatewayError && error.type === 'Conflict');
      assert.match(error.message, new RegExp(`^Approval ${asked.id} was decided by ${by} at 20`));
      return true;
    });
    await assert.rejects(decide('t1-1-none'), (error: Error) => {
      return error instanceof GatewayError && error.type === 'NotFound' && /no such/.test(error.message);
    });
  });
});
