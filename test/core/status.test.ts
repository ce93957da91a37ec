import assert from 'node:assert/strict';
import { JsonObject } from '../../src/contracts/json.ts';
import { StatusDocument } from '../../src/contracts/status.ts';
import { pageOf, pageOfTurns } from '../../src/core/paging.ts';
import { searchAttributes, statusDocument } from '../../src/core/status-document.ts';
import { statusMarkdown } from '../../src/core/status-text.ts';
import { call, factsFor, reply, startedAgent, TestAgent } from '../support/agent-builder.ts';

describe('the status document', () => {
  it('says what an agent waits for, until when, and what ends the wait', () => {
    const agent = startedAgent({ start: { requester: 'ann', labels: { team: 'books' } } });
    agent.asks(call('pay', { invoice: 'i1' }), call('wait_for_event', { name: 'mail', timeout: '1h' }));
    agent.assessed(0, factsFor.approve);
    agent.send('message', { text: 'Hurry.', by: 'bob' });
    const document = StatusDocument.parse(statusDocument(agent.state));
    assert.equal(document.status, 'waiting');
    assert.deepEqual(document.queued, { messages: 1, events: 0 });
    assert.deepEqual(document.definition, { name: 'clerk', hash: 'h'.repeat(64) });
    assert.deepEqual(
      document.interruptions.map(({ kind, deadline, resumeBy }) => ({ kind, deadline, resumeBy })),
      [
        {
          kind: 'approval',
          deadline: '2026-03-09T08:00:00.000Z',
          resumeBy: ['approve', 'edit', 'reject', 'respond', 'ignore'].map(
            (decision) => `decide: ${decision}`,
          ),
        },
        { kind: 'event', deadline: '2026-03-02T09:00:00.000Z', resumeBy: ['event: mail'] },
      ],
    );
    const [approval] = document.approvals;
    assert.deepEqual(approval?.facts, factsFor.approve);
    assert.equal(approval.expiresAt, '2026-03-09T08:00:00.000Z');
    assert.deepEqual(document.interruptions[0]?.snapshot.turn, 1);
  });

  it('has a result only when there is one, and a failure for whatever else ended the agent', () => {
    assert.equal('result' in statusDocument(startedAgent().state), false);
    const done = statusDocument(startedAgent().asks(call('finish', { result: null })).state);
    assert.equal(done.result, null);
    assert.equal(done.failure, undefined);
    const cancelled = startedAgent().happen({ type: 'cancelled', reason: 'enough' });
    assert.deepEqual(statusDocument(cancelled.state).failure, { type: 'Cancelled', message: 'enough' });
  });

  it('is there before the definition is', () => {
    assert.equal(StatusDocument.parse(statusDocument(new TestAgent().state)).status, 'starting');
  });
});

describe('search attributes', () => {
  it('change only when an agent begins or ends to wait, is paused or ends', () => {
    const agent = new TestAgent();
    const values = [searchAttributes(agent.state)];
    agent.load();
    values.push(searchAttributes(agent.state));
    agent.asks(call('store', { what: 'a' }));
    values.push(searchAttributes(agent.state));
    agent.succeeds(0);
    values.push(searchAttributes(agent.state));
    assert.deepEqual(new Set(values.map((value) => JSON.stringify(value))).size, 1);
    agent.asks(call('shout', { what: 'a' }), call('ask_human', { question: 'Red?' }));
    const waiting = { status: 'waiting', waitingFor: ['approval', 'input'], pendingApprovals: 2 };
    assert.deepEqual(searchAttributes(agent.state), waiting);
  });
});

/** The fenced blocks of a Markdown text, and what stands outside of them. */
function split(markdown: string): { lines: string[]; outside: string } {
  const parts = markdown.split(/^```$/m);
  return {
    lines: parts.filter((_, n) => n % 2 === 1).map((block) => block.trim()),
    outside: parts.filter((_, n) => n % 2 === 0).join('\n'),
  };
}

describe('the status text', () => {
  const evil =
    "x\n\n# Approved\n```\n<img src=x> [click](https://evil) **bold** | ` \\ 'quoted'; rm -rf ~; echo '$(id)";

  function assertHarmless(agent: TestAgent): string[] {
    const { lines: blocks, outside } = split(statusMarkdown(agent.state));
    const lines = blocks
      .filter((block) => block.startsWith('temporal workflow update execute \\\n'))
      .map((block) => block.replaceAll('\\\n  ', ''));
    for (const block of blocks.filter((other) => !other.startsWith('temporal '))) {
      assert.doesNotMatch(block, /[\n`]/, 'words are one line, and end no block');
    }
    assert.doesNotMatch(outside, /^\s*#/m, 'no heading of its own');
    assert.doesNotMatch(outside, /(?<!\\)<img|(?<!\\)\[click|(?<!\\)\*\*bold/);
    for (const line of lines) {
      assert.doesNotMatch(line, /\n/, 'one line to paste');
      assert.match(line, /^temporal workflow update execute --workflow-id /);
      // What a shell reads: outside of single quotes nothing but plain words and escaped quotes.
      assert.match(line.replaceAll(String.raw`'\''`, '').replace(/'[^']*'/g, ''), /^[\w ./:@\\-]*$/, line);
    }
    return lines;
  }

  it('gives the exact line that ends each wait', () => {
    const agent = startedAgent().asks(call('shout', { what: 'a' }), call('wait_for_event', { name: 'mail' }));
    const [decide, event] = assertHarmless(agent);
    const input = JSON.stringify({ approval: agent.approval.id, decision: 'approve', by: 'you' });
    assert.equal(
      decide,
      `temporal workflow update execute --workflow-id a1 --name decide --input '${input}'`,
    );
    assert.match(event ?? '', /--name event --input '\{"name":"mail","payload":null\}'$/);
  });

  it('gives what is short where the budget is exhausted, so that the agent goes on', () => {
    for (const budget of [{ turns: 1 }, { tokens: 10_000 }, { usd: 0.01 }, { deadline: '1h' }]) {
      const agent = startedAgent({ definition: { budget } });
      if ('deadline' in budget) agent.now += 2 * 3_600_000;
      agent.happen({ type: 'model-replied', reply: reply('', [call('note', { text: 'n' })], 5_000) });
      assert.equal(agent.state.suspension?.kind, 'budget', JSON.stringify(budget));
      const [, name, input] = /--name (\w+) --input '(.*)'$/.exec(assertHarmless(agent)[0] ?? '') ?? [];
      assert.ok(input !== undefined && name === 'extendBudget');
      assert.equal(agent.send('extendBudget', JsonObject.parse(JSON.parse(input))), undefined);
      assert.equal(agent.state.suspension, undefined, input);
    }
  });

  it('names the event that each call waits for', () => {
    const agent = startedAgent().asks(
      call('wait_for_event', { name: 'mail' }),
      call('wait_for_event', { name: 'fax' }),
    );
    assert.deepEqual(
      assertHarmless(agent).map((line) => /"name":"(\w+)"/.exec(line)?.[1]),
      ['mail', 'fax'],
    );
  });

  it('shows words of models, people and servers as words only', () => {
    const question = startedAgent().asks(call('ask_human', { question: evil }));
    assert.match(assertHarmless(question)[0] ?? '', /--name decide/);
    assertHarmless(startedAgent().asks(call('shout', { what: evil })));
    const event = startedAgent().asks(call('wait_for_event', { name: evil }));
    assert.match(assertHarmless(event)[0] ?? '', /--name event/);
    const paused = startedAgent();
    paused.send('pause', { by: evil });
    assert.match(assertHarmless(paused)[0] ?? '', /--name resume/);
    assertHarmless(
      startedAgent().happen({ type: 'model-failed', problem: { type: 'ModelRateLimited', message: evil } }),
    );
    assertHarmless(
      new TestAgent().happen({ type: 'definition-failed', problem: { type: 'NotFound', message: evil } }),
    );
    const strangers = new TestAgent().load();
    strangers.state = { ...strangers.state, agentId: "a'; rm -rf ~; '\nb" };
    assertHarmless(strangers.asks(call('ask_human', { question: 'Red?' })));
  });

  it('has a line for every kind of wait', () => {
    const idle = startedAgent({ definition: { lifetime: 'persistent' } }).says('Done.');
    assert.match(assertHarmless(idle)[0] ?? '', /--name message/);
    const broke = startedAgent({ definition: { budget: { turns: 1 } } }).asks(call('note', { text: 'n' }));
    assert.match(assertHarmless(broke)[0] ?? '', /--name extendBudget/);
    const asleep = startedAgent().asks(call('sleep_until', { after: '1d' }));
    assert.match(assertHarmless(asleep)[0] ?? '', /--name resume/);
    const limited = startedAgent().modelFails('ModelRateLimited');
    assert.match(assertHarmless(limited)[0] ?? '', /--name resume/);
  });
});

describe('pages', () => {
  it('hold what fits, and at least one item', () => {
    assert.deepEqual(pageOf(['x'.repeat(500_000), 'y']).length, 1);
    assert.equal(pageOf(Array.from({ length: 100 }, () => 'x'.repeat(9_998))).length, 40);
    assert.deepEqual(pageOf([]), []);
  });

  it('of a transcript hold whole turns and name the next', () => {
    const entry = (turn: number, chars: number) => ({
      turn,
      at: 0,
      message: { role: 'user' as const, text: 'x'.repeat(chars) },
    });
    const entries = [entry(1, 10), entry(2, 200_000), entry(3, 150_000), entry(3, 150_000), entry(4, 10)];
    const first = pageOfTurns(entries, { from: 1, to: 9 });
    assert.deepEqual([first.entries.map(({ turn }) => turn), first.nextFrom], [[1, 2], 3]);
    const second = pageOfTurns(entries, { from: 3, to: 9 });
    assert.deepEqual([second.entries.map(({ turn }) => turn), second.nextFrom], [[3, 3, 4], undefined]);
  });

  it('of a turn that is larger than a page hold what fits, and say how to ask for the rest', () => {
    const entry = (turn: number, chars = 190_000) => ({ turn, chars: 'x'.repeat(chars) });
    const entries = [...[1, 2, 2, 2, 2, 2].map((turn) => entry(turn)), entry(3, 10), entry(4)];
    const first = pageOfTurns(entries, { from: 1, to: 9 });
    assert.deepEqual({ ...first, entries: first.entries.length }, { entries: 1, nextFrom: 2 });
    const second = pageOfTurns(entries, { from: 2, to: 9 });
    const goesOn = { from: 2, entry: 2 };
    assert.deepEqual({ ...second, entries: second.entries.length }, { entries: 2, nextFrom: 3, goesOn });
    const third = pageOfTurns(entries, { ...goesOn, to: 9 });
    assert.deepEqual(
      { ...third, entries: third.entries.length },
      { entries: 2, nextFrom: 3, goesOn: { from: 2, entry: 4 } },
    );
    const last = pageOfTurns(entries, { from: 2, entry: 4, to: 9 });
    assert.deepEqual(
      last.entries.map(({ turn }) => turn),
      [2, 3, 4],
    );
    assert.equal(last.nextFrom, undefined);
    assert.deepEqual(pageOfTurns(entries, { from: 3, entry: 7, to: 3 }), { entries: [] });
    assert.deepEqual(pageOfTurns(entries, { from: 3, to: 2 }), { entries: [] });
  });
});
