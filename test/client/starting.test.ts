import assert from 'node:assert/strict';
import { Client, Connection } from '@temporalio/client';
import { startAgent } from '../../src/client/starting.ts';

describe('a start', () => {
  const client = new Client({ connection: Connection.lazy({ address: '127.0.0.1:1' }) });
  const access = {
    ...{ client, taskQueue: 'q', answerTimeoutMs: 1_000, serverTimeoutMs: 500 },
    onReadFromHistory: () => undefined,
  };
  after(() => client.connection.close());

  it('that its workflow would refuse for its bytes is refused before', async () => {
    const start = { agent: 'clerk', input: 'ä'.repeat(70_000) };
    await assert.rejects(startAgent(access, start), { type: 'Invalid', message: /more than 120000 bytes/ });
  });

  it('that is just small enough is sent', async () => {
    const start = { agent: 'clerk', input: 'a'.repeat(100_000) };
    await assert.rejects(startAgent(access, start), { type: 'Unreachable' });
  });
});
