import assert from 'node:assert/strict';
import { AgentFeed } from '../../../src/client/admin/streams/agent-feed.ts';
import type { StreamEvent } from '../../../src/client/admin/streams/event-stream.ts';
import type { Watched } from '../../../src/client/watched-agents.ts';
import type { ListedAgent } from '../../../src/contracts/answers.ts';

function agent(id: string, more: Partial<ListedAgent> = {}): ListedAgent {
  const startedAt = '2026-03-02T08:00:00.000Z';
  return {
    agent: id,
    runId: 'r',
    status: 'waiting',
    waitingFor: [],
    pendingApprovals: 0,
    startedAt,
    ...more,
  };
}

/** A feed whose index says what the test wants, asked once for each reader that comes while nobody reads. */
class Index {
  next: Watched = { agents: [], isComplete: true, hasGap: false };
  onTaken: () => void = () => undefined;
  readonly asked: (Date | undefined)[] = [];
  readonly feed = new AgentFeed({
    watched: (since) => {
      this.asked.push(since);
      return Promise.resolve(this.next);
    },
  });

  /** What a reader is told before it goes again. */
  async read(lastId?: string): Promise<StreamEvent[]> {
    const told: StreamEvent[] = [];
    const listener = (event: StreamEvent): void => void told.push(event);
    const taken = (): Promise<void> => {
      this.onTaken();
      return Promise.resolve();
    };
    await this.feed.follow(
      lastId,
      { listener, reaches: (id) => id !== 'hidden', taken },
      AbortSignal.abort(),
    );
    return told;
  }
}

function told(events: readonly StreamEvent[]): string[] {
  return events.map(({ event, data }) =>
    event === 'agent' ? (data as ListedAgent).agent : `${event} ${JSON.stringify(data)}`,
  );
}

describe('the feed of agents', () => {
  it('tells a new reader of every agent, and one that comes back of what has changed', async () => {
    const index = new Index();
    index.next = { ...index.next, agents: [agent('a'), agent('b')] };
    const first = await index.read();
    assert.deepEqual(told(first), ['reset {"complete":true}', 'a', 'b']);
    const last = first.at(-1)?.id;
    assert.deepEqual(told(await index.read(last)), []);
    index.next = { ...index.next, agents: [agent('a'), agent('b', { pendingApprovals: 1 }), agent('c')] };
    assert.deepEqual(told(await index.read(last)).toSorted(), ['b', 'c']);
    assert.deepEqual(told(await index.read('elsewhere-3'))[0], 'reset {"complete":true}');
    assert.equal(index.asked[0], undefined);
    assert.ok(index.asked.slice(1).every((since) => since !== undefined));
  });

  it('keeps what has ended for new readers, and tells of an end once', async () => {
    const index = new Index();
    index.next = { ...index.next, agents: [agent('a'), agent('b')] };
    const last = (await index.read()).at(-1)?.id;
    const ended = agent('a', { status: 'completed', closedAt: '2026-03-02T09:00:00.000Z' });
    index.next = { ...index.next, agents: [agent('b'), ended] };
    const news = await index.read(last);
    assert.deepEqual(told(news), ['a']);
    assert.deepEqual(told(await index.read(news[0]?.id)), []);
    index.next = { ...index.next, agents: [agent('b')] };
    assert.deepEqual(told(await index.read(news[0]?.id)), []);
    assert.deepEqual(told(await index.read()).toSorted(), ['a', 'b', 'reset {"complete":true}']);
  });

  it('gives a reader an id only once it has told all that the reader may hear of', async () => {
    const index = new Index();
    index.next = {
      ...index.next,
      agents: Array.from({ length: 250 }, (_, number) => agent(`a${number}`)).concat(agent('hidden')),
    };
    let parts = 0;
    index.onTaken = () => (parts += 1);
    const all = await index.read();
    assert.deepEqual([all.length, parts], [251, 2]);
    assert.deepEqual(
      all.flatMap(({ id }, at) => (id === undefined ? [] : [at])),
      [250],
    );
    assert.deepEqual(told(await index.read(all.at(-1)?.id)), []);
    index.next = { agents: [], isComplete: true, hasGap: false };
    assert.ok((await new Index().read()).at(-1)?.id);
  });

  it('says when it can not know all, and starts anew for whoever has missed what nobody knows', async () => {
    const index = new Index();
    index.next = { agents: [agent('a')], isComplete: false, hasGap: false };
    const first = await index.read();
    assert.equal(told(first)[0], 'reset {"complete":false}');
    index.next = { agents: [agent('b')], isComplete: true, hasGap: true };
    assert.deepEqual(told(await index.read(first.at(-1)?.id)), ['reset {"complete":true}', 'b']);
  });
});
