import assert from 'node:assert/strict';
import { executionInfoFromRaw } from '@temporalio/client/lib/helpers.js';
import { GatewayError } from '../../src/client/gateway-error.ts';
import type { Access } from '../../src/client/access.ts';
import {
  cursorOf,
  listAgents,
  listedStatus,
  listPage,
  listQuery,
  pageToken,
} from '../../src/client/listing.ts';
import { detailsOf, summaryOf } from '../../src/client/starting.ts';

const base = `WorkflowType = 'persistentAgent' AND ExecutionStatus != 'ContinuedAsNew'`;

describe('the list filter', () => {
  const cases: [Parameters<typeof listQuery>[0], string][] = [
    [{}, base],
    [{ status: 'waiting' }, `${base} AND ExecutionStatus = 'Running' AND AgentStatus = 'waiting'`],
    [{ waitingFor: 'approval' }, `${base} AND ExecutionStatus = 'Running' AND AgentWaitingFor = 'approval'`],
    [{ definition: 'invoice-desk' }, `${base} AND AgentDefinition = 'invoice-desk'`],
    [{ query: 'AgentTurn > 3 OR AgentTurn = 1' }, `${base} AND (AgentTurn > 3 OR AgentTurn = 1)`],
  ];
  for (const [filter, query] of cases)
    it(`for ${JSON.stringify(filter)}`, () => {
      assert.equal(listQuery(filter), query);
    });

  it('treats starting, thinking and acting as running, as the index does', () => {
    assert.equal(listQuery({ status: 'thinking' }), listQuery({ status: 'running' }));
  });

  for (const filter of [{ status: 'happy' }, { waitingFor: "x' OR 'a'='a" }, { definition: "x' OR 'a'='a" }])
    it(`refuses ${JSON.stringify(filter)}`, () => {
      assert.throws(
        () => listQuery(filter),
        (error) => error instanceof GatewayError && error.type === 'Invalid',
      );
    });

  it("believes the server about an end that the agent didn't see", () => {
    assert.equal(listedStatus('RUNNING', 'waiting'), 'waiting');
    assert.equal(listedStatus('RUNNING', undefined), 'running');
    assert.equal(listedStatus('TERMINATED', 'waiting'), 'terminated');
    assert.equal(listedStatus('COMPLETED', 'cancelled'), 'cancelled');
  });
});

describe('lists of agents whose ids begin in some way', () => {
  const row = (workflowId: string) => ({
    ...{ execution: { workflowId, runId: 'r' }, type: { name: 'persistentAgent' }, status: 1 },
    ...{ historyLength: { toNumber: () => 3 }, startTime: { nanos: 0 } },
  });
  const ids = ['ann-1', 'ANN-1', 'Ann-2', 'ann-2', 'annx'];
  /** As a server gives them whose index does not tell the case of letters, nor `_` from other characters. */
  const access = {
    client: {
      options: { namespace: 'default', loadedDataConverter: {} },
      withDeadline: (_deadline: number, work: () => unknown) => work(),
      workflowService: {
        listWorkflowExecutions: () =>
          Promise.resolve({ executions: ids.map(row), nextPageToken: new Uint8Array([1]) }),
      },
      workflow: {
        list: async function* () {
          for (const id of ids)
            yield await executionInfoFromRaw(row(id) as never, {} as never, undefined, 'default');
        },
      },
    },
  } as unknown as Access; // What lists need of it.

  const cases: [string[], string[]][] = [
    [['ann-'], ['ann-1', 'ann-2']],
    [
      ['ANN-', 'Ann-'],
      ['ANN-1', 'Ann-2'],
    ],
    [['ann_'], []],
    [[], ids],
  ];
  for (const [idPrefixes, found] of cases)
    it(`have no others (${idPrefixes.join(', ')})`, async () => {
      const { agents, nextCursor } = await listPage(access, { idPrefixes });
      assert.deepEqual(
        agents.map(({ agent }) => agent),
        found,
      );
      assert.notEqual(nextCursor, undefined);
      const listed = await listAgents(access, { idPrefixes });
      assert.deepEqual(
        listed.map(({ agent }) => agent),
        found,
      );
    });
});

describe('what the Web UI shows of a start', () => {
  const start = { agent: 'demo', input: 'First line\nsecond', requester: 'ann', labels: {} };

  it('is the first line of the goal in lists and all of it inside', () => {
    assert.equal(summaryOf(start), 'demo: First line');
    assert.match(detailsOf(start), /\*\*Requested by\*\* ann[^]*First line\nsecond$/);
  });

  it('never exceeds what the server takes, counted in bytes', () => {
    const long = { ...start, input: '€'.repeat(50_000) };
    assert.ok(Buffer.byteLength(summaryOf(long)) <= 400);
    assert.ok(Buffer.byteLength(detailsOf(long)) <= 20_000);
    assert.doesNotMatch(summaryOf(long), /\uFFFD/);
  });
});

describe('a cursor', () => {
  const token = Buffer.from('{"StartTime":"2026-03-02T08:00:00Z","RunID":"r"}');

  it('gives the token back to the list that it is of, and to no other', () => {
    const cursor = cursorOf('one', token);
    assert.deepEqual(pageToken('one', cursor), token);
    assert.throws(() => pageToken('two', cursor), GatewayError);
  });

  it('is refused when it is made up or changed', () => {
    const cursor = cursorOf('one', token);
    const others = [
      '',
      'AAAA',
      '%00',
      'null',
      cursor.slice(0, -4),
      `${cursor}AAAA`,
      ` ${cursor}`,
      token.toString('base64url'),
      Buffer.from('{"StartTime":5}').toString('base64url'),
    ];
    for (const other of others) assert.throws(() => pageToken('one', other), { type: 'Invalid' }, other);
  });
});
