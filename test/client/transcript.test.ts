import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { Client, Connection, WorkflowClient, WorkflowNotFoundError } from '@temporalio/client';
import { encodeToPayloads } from '@temporalio/common/lib/internal-non-workflow/codec-helpers.js';
import { loadDataConverter } from '@temporalio/common/lib/internal-non-workflow/index.js';
import type * as z from 'zod';
import { readingOperations } from '../../src/client/admin/api/reading.ts';
import { Gateway } from '../../src/client/gateway.ts';
import type { Transcript } from '../../src/contracts/answers.ts';
import { dataConverter } from '../../src/contracts/data-converter.ts';
import type { AgentEvent } from '../../src/contracts/event.ts';
import type { TurnRange } from '../../src/contracts/query-arguments.ts';
import type { AgentState, ContextEntry } from '../../src/contracts/state.ts';
import type { TranscriptPage, WithinTurn } from '../../src/contracts/status.ts';
import { fitToCarry } from '../../src/core/carry.ts';
import type { RunRecord } from '../../src/core/run-record.ts';
import { transcriptPage } from '../../src/core/run-views.ts';
import type { HistoryEvent } from '../../src/history/activations.ts';
import { readRun } from '../../src/history/read-run.ts';
import { call, TestAgent } from '../support/agent-builder.ts';
import { ToldRun } from '../support/told-run.ts';
import { historyIn } from '../support/histories.ts';
import { forkOf, paid } from '../core/forked.ts';

interface Run {
  readonly runId: string;
  readonly previousRunId?: string;
  readonly record: RunRecord;
  readonly events?: readonly HistoryEvent[];
}

const TURNS = 14;
const converter = loadDataConverter(dataConverter);
const small = { definition: { contextWindow: 20_000 } };

/** Some turns, in most of which a large file is looked at, so that what was said is condensed several times. */
function lookingOn(agent: TestAgent): TestAgent {
  for (let turn = agent.state.turn; turn < TURNS; turn += 1) {
    if (turn % 4 === 0) agent.send('message', { text: `about file ${turn}`, by: 'ann' });
    agent.asks(call('look', { what: `file ${turn}` }));
    agent.succeeds(0, { text: `${turn} `.padEnd(turn % 3 === 0 ? 15_000 : 8_000, 'x') });
  }
  return agent;
}

/** The same life in several runs, of which the next begins after so many events. */
function inRuns(initial: AgentState, events: readonly AgentEvent[], places: readonly number[]): Run[] {
  const runs: Run[] = [];
  let state = initial;
  for (const [index, place] of [...places, events.length].entries()) {
    const record = new ToldRun(state).tell(events.slice(places[index - 1] ?? 0, place));
    const previous = index === 0 ? {} : { previousRunId: `run-${index}` };
    runs.push({ runId: `run-${index + 1}`, ...previous, record });
    state = fitToCarry(record.state);
  }
  return runs;
}

describe('a transcript', () => {
  const client = new Client({ connection: Connection.lazy({ address: '127.0.0.1:1' }) });
  let gateway: Gateway;
  let runs: readonly Run[] = [];
  let asked: string[] = [];
  let answer = transcriptPage as (...of: Parameters<typeof transcriptPage>) => Partial<TranscriptPage>;

  /** What Temporal has of the runs: the newest is the last of them. */
  function find(runId: string | undefined): Run {
    const run = runId === undefined ? runs.at(-1) : runs.find((one) => one.runId === runId);
    if (run) return run;
    throw new WorkflowNotFoundError('no such run', 'a1', runId);
  }

  before(() => {
    mock.method(client, 'withDeadline', (_until: number, work: () => Promise<unknown>) => work());
    mock.method(WorkflowClient.prototype, 'getHandle', (_id: string, runId?: string) => ({
      describe: () => Promise.resolve({ type: 'persistentAgent' }),
      fetchHistory: () => Promise.resolve({ events: find(runId).events }),
      query: (_name: string, range: z.output<typeof TurnRange>) => {
        const run = find(runId);
        asked.push(run.runId);
        const page = answer(run.record, range, run.previousRunId);
        return Promise.resolve(JSON.parse(JSON.stringify(page)) as unknown);
      },
    }));
    mock.method(
      client.workflowService,
      'getWorkflowExecutionHistory',
      async ({ execution }: { execution: { runId?: string } }) => {
        const { record, previousRunId, events } = find(execution.runId);
        const { initial } = record;
        const carried = previousRunId === undefined ? [] : [{ state: initial }];
        const payloads = await encodeToPayloads(converter, initial.start, ...carried);
        const first = {
          firstExecutionRunId: initial.firstRunId,
          continuedExecutionRunId: previousRunId ?? '',
          input: { payloads },
        };
        return { history: { events: events ?? [{ workflowExecutionStartedEventAttributes: first }] } };
      },
    );
  });
  beforeEach(() => {
    gateway = new Gateway(client, { taskQueue: 'q' });
    asked = [];
    answer = transcriptPage;
  });
  after(async () => {
    mock.reset();
    await client.connection.close();
  });

  const agent = new TestAgent(small);
  const { state: begun } = agent;
  lookingOn(agent.load(small));
  const whole = new ToldRun(begun).tell(agent.events);
  /** After the reply of a turn, before what its call came to. */
  const afterReply = agent.events.flatMap(({ type }, place) => (type === 'model-replied' ? [place + 1] : []));
  /** Between two turns. */
  const afterTurn = agent.events.flatMap(({ type }, place) => (type === 'tool-ended' ? [place + 1] : []));
  const between = (entries: readonly ContextEntry[], from: number, to: number): ContextEntry[] =>
    entries.filter(({ turn }) => turn >= from && turn <= to);

  const places: Record<string, readonly (number | undefined)[]> = {
    'runs that ended between turns': [afterTurn[5], afterTurn[9], afterTurn[12]],
    'runs that ended in the middle of turns': [afterReply[4], afterReply[9], afterReply[12]],
    'runs that had not even a turn': [afterReply[7], afterTurn[7], afterReply[8], afterTurn[8]],
  };
  for (const [what, at] of Object.entries(places))
    it(`has every turn once, as it was said: ${what}`, async () => {
      runs = inRuns(
        begun,
        agent.events,
        at.map((place) => place ?? assert.fail()),
      );
      assert.ok(agent.events.filter(({ type }) => type === 'context-overfull').length > 1);
      const { entries, firstTurn, lastTurn } = await gateway.transcript('a1');
      assert.deepEqual(entries, whole.entries);
      assert.deepEqual([firstTurn, lastTurn], [0, whole.state.turn]);
      for (let from = 0; from <= TURNS; from += 1)
        for (const to of [from, from + 3])
          assert.deepEqual(
            (await gateway.transcript('a1', { from, to })).entries,
            between(whole.entries, from, to),
            `${from} to ${to}`,
          );
    });

  it('asks only the runs in which its turns were', async () => {
    runs = inRuns(begun, agent.events, [afterReply[4] ?? 0, afterReply[7] ?? 0, afterReply[10] ?? 0]);
    await gateway.transcript('a1', { from: 13 });
    assert.deepEqual(asked, ['run-4']);
    asked = [];
    await gateway.transcript('a1', { from: 1, to: 2 });
    assert.deepEqual(asked, ['run-4', 'run-1']);
    asked = [];
    await gateway.transcript('a1', { from: 7, to: 7 });
    assert.deepEqual(asked, ['run-4', 'run-2']);
  });

  it('is the same over HTTP, page by page', async () => {
    runs = inRuns(begun, agent.events, [afterReply[4] ?? 0, afterReply[9] ?? 0]);
    const operation = readingOperations.find(({ id }) => id === 'showTranscript') ?? assert.fail();
    const told: ContextEntry[] = [];
    for (let next: object | undefined = { from: 0, limit: 2 }; next;) {
      const sent = Object.fromEntries(Object.entries(next).map(([name, value]) => [name, String(value)]));
      const means = { gateway } as unknown as Parameters<typeof operation.perform>[1]; // It asks for nothing else.
      const of = { agent: 'a1', query: sent } as unknown as Parameters<typeof operation.perform>[0];
      type Page = Transcript & { nextFrom?: number; goesOn?: WithinTurn };
      const page = (await operation.perform(of, means)) as Page;
      told.push(...page.entries);
      next = page.goesOn ?? (page.nextFrom === undefined ? undefined : { from: page.nextFrom, limit: 2 });
    }
    assert.deepEqual(told, whole.entries);
  });

  it('has what was carried of runs that are gone, and of the others what was said', async () => {
    const all = inRuns(begun, agent.events, [afterReply[5] ?? 0, afterReply[10] ?? 0]);
    runs = all.slice(1);
    const [earliest] = runs;
    assert.ok(earliest);
    const { entries } = await gateway.transcript('a1');
    const { context } = earliest.record.initial;
    assert.deepEqual(entries.slice(0, context.length), context);
    assert.match(JSON.stringify(entries), /Earlier turns were condensed/);
    assert.deepEqual(entries.slice(context.length), whole.entries.slice(all[0]?.record.entries.length));
    const { entries: first } = await gateway.transcript('a1', { from: 0, to: 4 });
    assert.deepEqual(first, between(context, 0, 4));
  });

  it('of a fork begins with the turns of the agent that was forked', async () => {
    const fork = forkOf(paid(), 2, { fork: { again: true, tools: 'live' } });
    fork.asks(call('look', { what: 'a' })).succeeds(0);
    const forked = new TestAgent({
      id: 'b2',
      start: { fork: { agent: 'a1', turn: 2, tools: 'live', again: true } },
    });
    runs = inRuns(forked.state, fork.events, [fork.events.length - 1]);
    const { entries } = await gateway.transcript('b2', { from: 1, to: 1 });
    assert.ok(entries.length > 0);
    const expected = new ToldRun(forked.state).tell(fork.events).entries;
    assert.deepEqual((await gateway.transcript('b2')).entries, expected);
  });

  it('is the same with workers of before, who do not say what a run was given', async () => {
    const recorded = await Promise.all(
      ['many-turns.json', 'many-turns-2.json'].map(async (file) => {
        const { history, workflowId } = historyIn(file);
        const events = history.events ?? [];
        return { ...(await readRun(workflowId, events, converter)), events };
      }),
    );
    runs = recorded;
    const { entries } = await gateway.transcript('many-turns');
    answer = (...of) => ({ ...transcriptPage(...of), ownFrom: undefined });
    assert.deepEqual((await gateway.transcript('many-turns')).entries, entries);
    const turns = [...new Set(entries.map(({ turn }) => turn))];
    assert.deepEqual(
      turns,
      Array.from({ length: turns.length }, (_, turn) => turn),
    );
  });
});
