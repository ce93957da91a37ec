import assert from 'node:assert/strict';
import { allApprovals } from '../../src/client/cli/all-approvals.ts';
import { confirming } from '../../src/client/cli/confirm.ts';
import { exitCodeOf } from '../../src/client/cli/doctor.ts';
import { noteWithoutWorker } from '../../src/client/cli/start-options.ts';
import { maybeMore } from '../../src/client/cli/view/cut-list.ts';
import { fail, ok, warn } from '../../src/client/doctor/finding.ts';
import { GatewayError } from '../../src/client/gateway-error.ts';
import type { ApprovalsOf } from '../../src/client/pending-approvals.ts';
import type { PendingApprovals } from '../../src/contracts/answers.ts';
import { approvalSample, isoBefore } from './samples.ts';

describe('after a start', () => {
  const said = async (hasWorker: () => Promise<boolean>): Promise<string[]> => {
    const notes: string[] = [];
    await noteWithoutWorker({ taskQueue: 'q', out: { note: (text) => notes.push(text) } }, { hasWorker });
    return notes;
  };

  it('it is said that nobody works, if that is known', async () => {
    assert.deepEqual(await said(() => Promise.resolve(true)), []);
    assert.match((await said(() => Promise.resolve(false))).join(), /^No worker polls the task queue q yet/);
  });

  it('nothing fails because a look at the workers does', async () => {
    for (const type of ['Forbidden', 'Unreachable'] as const)
      assert.deepEqual(await said(() => Promise.reject(new GatewayError(type, 'no'))), []);
  });
});

describe('a command that is to be confirmed', () => {
  const cases: [string, string][] = [
    ['cancel a1', 'cancel a1 --yes'],
    ['--api-key k cancel a1', 'cancel a1 --yes'],
    ['cancel --api-key=k a1 --revision 3', 'cancel a1 --revision 3 --yes'],
    ['cancel -- -a1', 'cancel --yes -- -a1'],
  ];
  for (const [typed, expected] of cases)
    it(`is repeated as it was typed: ${typed}`, () => {
      assert.equal(confirming(typed.split(' ')).join(' '), expected);
    });
});

describe('a list', () => {
  it('that has as many as were asked for may have more, which is said', () => {
    assert.deepEqual(maybeMore([1], { limit: 2, filters: '--agent' }), []);
    assert.deepEqual(maybeMore([1, 2], { limit: 2, filters: '--agent' }), [
      'There may be more than these 2: a higher --limit shows them; or narrow the list with --agent.',
    ]);
    assert.doesNotMatch(maybeMore([1, 2], { limit: 2, most: 2, filters: '--agent' }).join(), /higher/);
  });
});

describe('open approvals of all agents', () => {
  /** One approval a page, of agents that were started ever earlier. */
  const pages = (count: number) => ({
    asked: 0,
    approvals(of?: ApprovalsOf): Promise<PendingApprovals> {
      const page = typeof of === 'object' && of.cursor !== undefined ? Number(of.cursor) : 0;
      this.asked += 1;
      const approval = approvalSample({ requestedAt: isoBefore(page * 1_000) });
      const isLast = page === count - 1;
      return Promise.resolve({
        approvals: [{ agent: `a${page}`, definition: 'd', approval }],
        unanswered: [{ agent: `u${page}`, type: 'NoWorker', message: 'nobody' }],
        more: !isLast,
        ...(isLast ? {} : { nextCursor: String(page + 1) }),
      });
    },
  });

  it('are those of all pages, oldest first', async () => {
    const { approvals, unanswered, more } = await allApprovals(pages(3));
    assert.deepEqual(
      approvals.map(({ agent }) => agent),
      ['a2', 'a1', 'a0'],
    );
    assert.deepEqual([unanswered.length, more], [3, false]);
  });

  it('are not asked for without end', async () => {
    const many = pages(100);
    const { approvals, more } = await allApprovals(many);
    assert.deepEqual([many.asked, approvals.length, more], [10, 10, true]);
  });
});

describe('what doctor exits with', () => {
  it('is that of any command where the server can not be asked, and else whether something fails', () => {
    const model = fail('model', 'm', 'f');
    assert.equal(exitCodeOf([ok('runtime', 'm'), warn('model', 'm', 'f')]), undefined);
    assert.equal(exitCodeOf([model]), 1);
    assert.equal(exitCodeOf([fail('server', 'm', 'f', 'Invalid')]), 1);
    assert.equal(exitCodeOf([model, fail('server', 'm', 'f', 'Unreachable')]), 5);
    assert.equal(exitCodeOf([fail('search attributes', 'm', 'f', 'Forbidden'), model]), 6);
  });
});
