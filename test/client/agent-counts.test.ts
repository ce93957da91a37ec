import assert from 'node:assert/strict';
import type { Access } from '../../src/client/access.ts';
import { agentCounts } from '../../src/client/agent-counts.ts';

/** An index with agents of which each has so many approvals open. */
function indexWith(pending: readonly number[]): { access: Access; queries: string[] } {
  const queries: string[] = [];
  const count = (query: string): Promise<{ count: number }> => {
    queries.push(query);
    const least = /AgentPendingApprovals >= (\d+)/.exec(query)?.[1];
    const found = least === undefined ? 0 : pending.filter((own) => own >= Number(least)).length;
    return Promise.resolve({ count: found });
  };
  const client = { withDeadline: (_deadline: number, work: () => unknown) => work(), workflow: { count } };
  // Counting needs no more of a client than this.
  return { access: { client } as unknown as Access, queries };
}

describe('counts of agents', () => {
  it('add up approvals, which the index does not', async () => {
    for (const pending of [[], [1], [2], [1, 3, 0, 2]]) {
      const { access, queries } = indexWith(pending);
      const { pendingApprovals } = await agentCounts(access);
      assert.equal(
        pendingApprovals,
        pending.reduce((sum, one) => sum + one, 0),
      );
      assert.ok(queries.length < 30);
    }
  });

  it('ask a bounded number of questions, whatever the index says', async () => {
    const { access, queries } = indexWith([1_000_000]);
    await agentCounts(access);
    assert.ok(queries.length < 100, String(queries.length));
    assert.ok(queries.every((query) => query.startsWith("WorkflowType = 'persistentAgent'")));
  });
});
