import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { InboxChanges } from '../../../src/client/web/inbox/inbox-changes.ts';
import { until } from '../../support/stage.ts';

/** An inbox that answers at once, and what was asked of it. */
function inbox(agents: Iterable<[string, number | 'unanswered']>) {
  const known = new Map<string, number | 'unanswered'>(agents);
  const did: string[] = [];
  const now = { isReading: false };
  const changes = new InboxChanges(
    {
      known: () => (now.isReading ? undefined : known),
      closed: (closed) => {
        did.push(`closed ${closed.join()}`);
        for (const agent of closed) known.delete(agent);
      },
      ask: (agent) => {
        did.push(`asked ${agent}`);
        known.set(agent, 1);
        return Promise.resolve();
      },
      readAll: () => {
        did.push('read all');
        return Promise.resolve();
      },
    },
    100,
  );
  return { changes, known, did, now };
}

const many = Array.from({ length: 300 }, (_, index) => `a${index}`);

describe('what the feed tells an open inbox', () => {
  it('asks nobody while the list is still being read, and nothing of whom it tells then', async () => {
    const { changes, known, did, now } = inbox([]);
    now.isReading = true;
    for (const agent of many) changes.tell(agent, { approvals: 1, turn: 1 });
    await pause(60);
    for (const agent of many) known.set(agent, 1);
    now.isReading = false;
    changes.tell('late', { approvals: 1, turn: 1 });
    await until('the late one was asked', () => did.length > 0);
    assert.deepEqual(did, ['asked late']);
  });

  it('asks a few by themselves, reads the list once for many, and nobody for what is closed', async () => {
    const { changes, did } = inbox(many.map((agent) => [agent, 1]));
    for (const agent of ['b1', 'b2']) changes.tell(agent, { approvals: 1, turn: 1 });
    for (const agent of many.slice(0, 9)) changes.tell(agent, { approvals: 0, turn: 1 });
    await until('both were asked', () => did.length === 3);
    assert.deepEqual(did.splice(0), [`closed ${many.slice(0, 9).join()}`, 'asked b1', 'asked b2']);
    for (const agent of many) changes.tell(agent, { approvals: 2, turn: 1 });
    await until('the list was read', () => did.length > 0);
    const readAt = performance.now();
    for (const agent of many) changes.tell(agent, { approvals: 3, turn: 1 });
    await until('it was read again', () => did.length === 2);
    assert.deepEqual(did, ['read all', 'read all']);
    assert.ok(performance.now() - readAt > 50, 'not again so soon');
    changes.close();
  });

  it('asks anew when as many approvals are open as before, but in another turn', async () => {
    const { changes, did } = inbox([['a1', 1]]);
    for (const turn of [3, 3, 4]) {
      changes.tell('a1', { approvals: 1, turn });
      await pause(40);
    }
    await until('it was asked', () => did.length > 0);
    changes.tell('a1', { approvals: 1, turn: 4 });
    changes.tell('b1', { approvals: 1, turn: 1 });
    await until('somebody was asked', () => did.length > 1);
    assert.deepEqual(did, ['asked a1', 'asked b1']);
  });

  it('leaves those to the list that nobody gets an answer from', async () => {
    const { changes, did } = inbox(many.map((agent) => [agent, 'unanswered']));
    for (const agent of many) changes.tell(agent, { approvals: 1, turn: 1 });
    changes.tell('b1', { approvals: 1, turn: 1 });
    await until('somebody was asked', () => did.length > 0);
    assert.deepEqual(did, ['asked b1']);
  });
});
