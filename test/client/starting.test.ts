import assert from 'node:assert/strict';
import { mock } from 'node:test';
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

  it('names the agent where no answer says whether it was started', async () => {
    await assert.rejects(startAgent(access, { agent: 'clerk' }), {
      type: 'Unreachable',
      message: /\. The agent clerk-[0-9a-f]{8} may have been started all the same\.$/,
      help: /perdure show clerk-[0-9a-f]{8}$/,
    });
    await assert.rejects(startAgent(access, { agent: 'clerk' }, { id: 'the one' }), {
      help: /perdure show 'the one'$/,
    });
  });

  it('that was refused has started nothing', async () => {
    for (const code of [7, 8]) {
      const start = mock.method(client.workflow, 'start', () =>
        Promise.reject(Object.assign(new Error('no'), { code, details: 'no', metadata: {} })),
      );
      await assert.rejects(startAgent(access, { agent: 'clerk' }), (error: Error) => {
        return !error.message.includes('may have been started');
      });
      start.mock.restore();
    }
  });
});
