import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { Client, Connection, WorkflowClient } from '@temporalio/client';
import type * as z from 'zod';
import type { Transcript, Transitions } from '../../src/contracts/answers.ts';
import type { TurnRange } from '../../src/contracts/query-arguments.ts';
import type { WithinTurn } from '../../src/contracts/status.ts';
import { readingOperations } from '../../src/client/admin/api/reading.ts';
import { Gateway } from '../../src/client/gateway.ts';
import { MAX_CALLS_PER_TURN, MAX_PAGE_CHARS } from '../../src/core/bounds.ts';
import type { RunRecord } from '../../src/core/run-record.ts';
import { transcriptPage, transitionsPage } from '../../src/core/run-views.ts';
import { call, TestAgent } from '../support/agent-builder.ts';
import { ToldRun } from '../support/told-run.ts';

const CALLS = MAX_CALLS_PER_TURN;

/** What was said in its first turn fills more than a page, and so do the reasons for which it was paused. */
function talkative(): RunRecord {
  const agent = new TestAgent();
  const { state } = agent;
  agent.load().asks(...Array.from({ length: CALLS }, (_, at) => call('look', { what: `file ${at}` })));
  for (let at = 0; at < CALLS; at += 1) agent.succeeds(at, { text: `${at} `.padEnd(13_000, 'x') });
  agent.asks(call('look', { what: 'the last' }));
  for (let times = 0; times < 230; times += 1) {
    agent.send('pause', { by: 'ann', reason: `${times} `.padEnd(2_000, 'x') });
    agent.send('resume', { by: 'ann' });
    agent.wait(1_000);
  }
  return new ToldRun(state).tell(agent.events);
}

describe('what does not fit into a page', () => {
  const record = talkative();
  const texts = record.entries.map(({ message }) => JSON.stringify(message));
  const client = new Client({ connection: Connection.lazy({ address: '127.0.0.1:1' }) });
  const gateway = new Gateway(client, { taskQueue: 'q' });
  const asked: unknown[] = [];

  before(() => {
    mock.method(client, 'withDeadline', (_until: number, work: () => Promise<unknown>) => work());
    mock.method(WorkflowClient.prototype, 'getHandle', () => ({
      query: (name: string, range: z.output<typeof TurnRange>) => {
        const page =
          name === 'transcript'
            ? transcriptPage(record, range, undefined)
            : transitionsPage(record, range.from);
        const text = JSON.stringify(page);
        assert.ok(text.length < MAX_PAGE_CHARS + 20_000, `${text.length} characters`);
        asked.push(range);
        return Promise.resolve(JSON.parse(text) as unknown);
      },
    }));
  });
  beforeEach(() => {
    asked.length = 0;
  });
  after(async () => {
    mock.reset();
    await client.connection.close();
  });

  /** Asks as over HTTP. */
  async function ask<Answer>(id: string, query: object): Promise<Answer> {
    const operation = readingOperations.find((one) => one.id === id) ?? assert.fail();
    const sent = Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)]));
    const means = { gateway } as unknown as Parameters<typeof operation.perform>[1]; // These two ask for nothing else.
    const of = { agent: 'a1', query: sent } as unknown as Parameters<typeof operation.perform>[0];
    return (await operation.perform(of, means)) as Answer;
  }

  it('of a turn is read in several pages, in order and once', async () => {
    const { entries } = await gateway.transcript('a1');
    assert.deepEqual(
      entries.map(({ message }) => JSON.stringify(message)),
      texts,
    );
    assert.ok(asked.length > 1);
    const turn = await gateway.transcript('a1', { from: 1, to: 1 });
    assert.equal(turn.entries.filter(({ message }) => message.role === 'tool').length, CALLS);
  });

  it('of a turn is read over HTTP in several pages, in order and once', async () => {
    const told: string[] = [];
    let pages = 0;
    for (let next: object | undefined = { from: 0 }; next; pages += 1) {
      type Page = Transcript & { nextFrom?: number; goesOn?: WithinTurn };
      const page: Page = await ask('showTranscript', next);
      told.push(...page.entries.map(({ message }) => JSON.stringify(message)));
      next = page.goesOn ?? (page.nextFrom === undefined ? undefined : { from: page.nextFrom });
    }
    assert.deepEqual(told, texts);
    assert.ok(pages > 1);
  });

  it('of changes of status is read in several pages, in order and once', async () => {
    const revisions = record.state.transitions.map(({ revision }) => revision);
    const { transitions } = await gateway.transitions('a1');
    assert.deepEqual(
      transitions.map(({ revision }) => revision),
      revisions,
    );
    assert.ok(asked.length > 1);
    const told: number[] = [];
    for (let from: number | undefined = 0; from !== undefined;) {
      const page: Transitions & { nextFrom?: number } = await ask('showTransitions', { from, limit: 500 });
      assert.ok(JSON.stringify(page).length < MAX_PAGE_CHARS + 20_000);
      told.push(...page.transitions.map(({ revision }) => revision));
      from = page.nextFrom;
    }
    assert.deepEqual(told, revisions);
  });
});
