import assert from 'node:assert/strict';
import { agentOperations } from '../../../src/client/admin/api/agents.ts';
import { GatewayError } from '../../../src/client/gateway-error.ts';
import type { StartedWith, StartOptions } from '../../../src/client/starting.ts';
import { AgentStart, type AgentStartInput } from '../../../src/contracts/start.ts';

const operation = agentOperations.find(({ id }) => id === 'startAgent') ?? assert.fail();
const body = { agent: 'clerk', input: 'Count the beans.' };

/** Agents by their ids, as Temporal knows them: running ones, and those that have ended. */
class Agents {
  readonly started = new Map<string, StartedWith>();
  readonly ended = new Set<string>();

  start(start: AgentStartInput, { id = 'a-new-one', once }: StartOptions): Promise<object> {
    if (this.started.has(id) && (once !== undefined || !this.ended.has(id)))
      return Promise.reject(new GatewayError('Conflict', `${id} is there`));
    this.started.set(id, { start: AgentStart.parse(start), once });
    this.ended.delete(id);
    return Promise.resolve({ agent: id, runId: 'r1' });
  }

  startOf(id: string): Promise<StartedWith> {
    return Promise.resolve(this.started.get(id) ?? assert.fail());
  }
}

function starting(gateway: Agents) {
  return (sent: object, key?: string): Promise<object> => {
    const seal = { start: () => () => undefined };
    const means = { gateway, seal } as unknown as Parameters<typeof operation.perform>[1]; // It asks for nothing else.
    const of = { body: sent, query: {}, token: { name: 'ann', agents: [] }, key } as unknown as Parameters<
      typeof operation.perform
    >[0];
    return Promise.resolve(operation.perform(of, means)) as Promise<object>;
  };
}

const conflict = (error: unknown): boolean => error instanceof GatewayError && error.type === 'Conflict';

describe('starting an agent over HTTP', () => {
  it('with a key and an id of its own is answered as repeated, also when the agent has ended, and a conflict with whoever else has taken the id', async () => {
    const agents = new Agents();
    const start = starting(agents);
    const sent = { ...body, id: 'a1' };
    assert.deepEqual(await start(sent, 'k'), { agent: 'a1', runId: 'r1', repeated: false });
    assert.deepEqual(await start(sent, 'k'), { agent: 'a1', repeated: true });
    agents.ended.add('a1');
    assert.deepEqual(await start(sent, 'k'), { agent: 'a1', repeated: true });
    await assert.rejects(start({ ...sent, input: 'Count the peas.' }, 'k'), { type: 'KeyReused' });
    await assert.rejects(start(sent, 'another'), conflict);
    assert.ok(agents.ended.has('a1'));
    await start({ ...body, id: 'a2' });
    await assert.rejects(start({ ...body, id: 'a2' }, 'k'), conflict);
  });

  it('without a key uses the id of one that has ended again', async () => {
    const agents = new Agents();
    const start = starting(agents);
    const sent = { ...body, id: 'a1' };
    await start(sent);
    await assert.rejects(start(sent), conflict);
    agents.ended.add('a1');
    assert.deepEqual(await start(sent), { agent: 'a1', runId: 'r1', repeated: false });
  });

  it('with a key alone knows another request by the agent that the key has started', async () => {
    const start = starting(new Agents());
    await start(body, 'k');
    assert.equal(((await start(body, 'k')) as { repeated: boolean }).repeated, true);
    await assert.rejects(start({ ...body, input: 'Count the peas.' }, 'k'), { type: 'KeyReused' });
  });
});
